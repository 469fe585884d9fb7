package dev.socketserver.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.network.RealProgram;
import dev.socketserver.test.LocalSocketPort;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Types what {@code docs/demo.md} and {@code docs/repl.md} show.
 */
@DemoTest
class ConsoleTests {

	private static final String DEMO = "docs/demo.md";

	private static final String PAGE = "docs/repl.md";

	private static final String SESSION = "<!-- session -->";

	private static final String PREFIX = "socket.repl.";

	@LocalSocketPort("console")
	private int console;

	@LocalSocketPort("upper")
	private int upper;

	/** Those of other tests, whose number a console would say, end in a moment. */
	@BeforeEach
	void withoutOtherSessions(@Autowired SocketServers servers) {
		for (SocketServer server : servers) {
			await().until(() -> server.statistics().active() == 0);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { DEMO, PAGE })
	void answersAsInTheDocumentation(String page) throws IOException {
		Session session = Session.of(page);
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.console)) {
			socket.setSoTimeout(Patience.millis());
			socket.setTcpNoDelay(true);
			for (byte typed : session.typed().getBytes(StandardCharsets.UTF_8)) {
				socket.getOutputStream().write(typed);
			}
			String answered = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

			assertThat(asShown(answered)).isEqualTo(session.answered());
		}
	}

	/** What the probe sends, and prints. */
	@Test
	void answersAScriptAsOnThePage() throws IOException {
		List<String> shown = shown(PAGE, "<!-- script -->");
		Matcher command = Pattern.compile("\\$ java Probe\\.java 8891 '(.*)'").matcher(shown.get(0));
		assertThat(command.matches()).isTrue();
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.console)) {
			socket.setSoTimeout(Patience.millis());
			socket.getOutputStream().write((command.group(1) + "\n").getBytes(StandardCharsets.UTF_8));
			socket.shutdownOutput();
			String answered = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

			// The page has no blank behind the last prompt.
			assertThat(asShown(answered).stripTrailing()).isEqualTo(String.join("\n", shown.subList(1, shown.size())));
		}
	}

	private static List<String> shown(String page, String marker) {
		List<String> lines = Documentation.lines(page);
		int start = lines.indexOf(marker) + 2;
		return lines.subList(start, start + lines.subList(start, lines.size()).indexOf("```"));
	}

	@Test
	void answersTelnetAsOnThePage() throws Exception {
		assumeTrue(RealProgram.isInstalled("telnet"), "telnet is not on this machine");
		Session session = Session.of(DEMO);
		Process telnet = new ProcessBuilder("telnet", "localhost", "" + this.console).redirectErrorStream(true).start();
		try {
			// It stays open: telnet would hang up when it ends.
			telnet.getOutputStream().write(session.typed().getBytes(StandardCharsets.UTF_8));
			telnet.getOutputStream().flush();
			String printed = new String(telnet.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

			Patience.await(telnet);
			assertThat(printed).contains("Connected to localhost");
			assertThat(asShown(printed.replace("\r\n", "\n"))).contains(session.answered());
		}
		finally {
			telnet.destroyForcibly();
		}
	}

	private String asShown(String answered) {
		return answered.replaceAll("console-\\d+> ", "console-1> ")
			.replace(":" + this.upper, ":8888")
			.replaceAll("sessions 0, accepted \\d+", "sessions 0, accepted 0");
	}

	@Test
	void commandsAreThoseThatExist() throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.console)) {
			socket.setSoTimeout(Patience.millis());
			socket.getOutputStream().write(":help\n:quit\n".getBytes(StandardCharsets.UTF_8));
			String help = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

			Stream<String> table = Documentation.lines(PAGE).stream().filter((line) -> line.startsWith("| `:"));
			assertThat(commands("`(:\\w+)", table)).contains(":quit")
				.hasSameElementsAs(commands("^  (:\\w+)", help.lines()));
		}
	}

	private static List<String> commands(String pattern, Stream<String> lines) {
		return lines.flatMap((line) -> Pattern.compile(pattern).matcher(line).results())
			.map((found) -> found.group(1))
			.toList();
	}

	@Test
	void propertiesAreThoseThatExist() throws IOException {
		Map<String, String> documented = new TreeMap<>(Documentation.table(PAGE, "## Properties", "## More"));
		Map<String, String> expected = new TreeMap<>();
		properties().forEach((property) -> expected.put(property.get("name").asString(),
				property.has("defaultValue") ? "`" + property.get("defaultValue").asString() + "`" : "none"));

		assertThat(documented).isEqualTo(expected);
	}

	private static List<JsonNode> properties() throws IOException {
		List<JsonNode> found = new ArrayList<>();
		for (URL url : Collections
			.list(ConsoleTests.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream in = url.openStream()) {
				JsonMapper.shared()
					.readTree(in)
					.get("properties")
					.valueStream()
					.filter((property) -> property.get("name").asString().startsWith(PREFIX))
					.forEach(found::add);
			}
		}
		return found;
	}

	/**
	 * A session that a page shows.
	 *
	 * @param typed what is typed after its prompts
	 * @param answered the rest. A terminal shows what is typed, where we see nothing
	 */
	private record Session(String typed, String answered) {

		private static final String PROMPTED = "(console-1> |ops> |\\.\\.\\. ).*";

		static Session of(String page) {
			List<String> shown = shown(page, SESSION);
			StringBuilder typed = new StringBuilder();
			StringBuilder answered = new StringBuilder();
			boolean connected = false;
			for (String line : shown) {
				boolean prompted = line.matches(PROMPTED);
				// What telnet says before the first prompt, and last, is not ours.
				connected |= prompted;
				if (prompted) {
					typed.append(line.substring(line.indexOf(' ') + 1)).append('\n');
					answered.append(line, 0, line.indexOf(' ') + 1);
				}
				else if (connected && !line.startsWith("Connection closed")) {
					answered.append(line).append('\n');
				}
			}
			assertThat(typed.toString().lines().count()).isGreaterThan(3);
			return new Session(typed.toString(), answered.toString());
		}

	}

}
