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

import dev.socketserver.test.LocalSocketPort;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Types what {@code docs/repl.md} shows.
 */
@DemoTest
class ConsoleTests {

	private static final String PAGE = "docs/repl.md";

	private static final String SESSION = "<!-- session -->";

	private static final String PREFIX = "socket.repl.";

	@Test
	void answersAsInTheDocumentation(@LocalSocketPort("console") int console, @LocalSocketPort("upper") int upper)
			throws IOException {
		List<String> lines = Documentation.lines(PAGE);
		int start = lines.indexOf(SESSION) + 2;
		List<String> shown = lines.subList(start, start + lines.subList(start, lines.size()).indexOf("```"));
		List<String> typed = new ArrayList<>();
		for (String line : shown) {
			if (line.matches("(console-1> |ops> |\\.\\.\\. ).*")) {
				typed.add(line.substring(line.indexOf(' ') + 1));
			}
		}
		assertThat(typed).hasSizeGreaterThan(10);

		// A terminal shows what is typed behind the prompts, where we see nothing.
		StringBuilder expected = new StringBuilder();
		for (String line : shown) {
			boolean prompted = line.matches("(console-1> |ops> |\\.\\.\\. ).*");
			expected.append(prompted ? line.substring(0, line.indexOf(' ') + 1) : line + "\n");
		}
		String answered = answers(console, String.join("\n", typed) + "\n").replaceAll("console-\\d+> ", "console-1> ")
			.replace(":" + upper, ":8888")
			.replaceAll("sessions 0 of \\d+", "sessions 0 of 0");
		assertThat(answered).isEqualTo(expected.toString());
	}

	@Test
	void propertiesAreThoseThatExist() throws IOException {
		Map<String, String> documented = new TreeMap<>(Documentation.table(PAGE, "## Properties", "## More"));
		Map<String, String> expected = new TreeMap<>();
		properties().forEach((property) -> expected.put(property.get("name").asString(),
				property.has("defaultValue") ? "`" + property.get("defaultValue").asString() + "`" : "none"));

		assertThat(documented).isEqualTo(expected);
	}

	private static String answers(int port, String typed) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout(60_000);
			socket.getOutputStream().write(typed.getBytes(StandardCharsets.UTF_8));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
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

}
