package dev.socketserver.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.test.LocalSocketPort;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that the picture of the README shows what the demo answers. Numbers may be
 * others, such as ports and times. With {@code -Drecording.write=true} the picture is
 * recorded anew.
 */
@DemoTest
class RecordingTests {

	private static final Path PICTURE = Documentation.ROOT.resolve("docs/images/demo.svg");

	private static final String PROMPT = "console-1> ";

	@LocalSocketPort("upper")
	private int upper;

	@LocalSocketPort("console")
	private int console;

	@Autowired
	private SocketServers servers;

	@Autowired
	private RestTestClient http;

	@Test
	void thePictureShowsWhatTheDemoAnswers() throws IOException {
		String recorded = record();
		if (Boolean.getBoolean("recording.write")) {
			Files.writeString(PICTURE, recorded);
		}

		assertThat(withoutNumbers(recorded)).isEqualTo(withoutNumbers(Files.readString(PICTURE)));
	}

	private String record() throws IOException {
		Recording recording = new Recording("A peer sends a line. An operator looks at its session, and closes it.");
		Recording.Terminal peers = recording.terminal("A peer");
		Recording.Terminal operators = recording.terminal("An operator");
		try (TestPeer peer = TestPeer.connect(this.upper); Console operator = new Console(this.console)) {
			peers.type("$ ", "nc localhost 8888").type("", "Hello, World!").print(peer.ask("Hello, World!"));
			operators.type("$ ", "nc localhost 8891");
			operator.answer();
			SocketSession served = sessionOf(peer);
			await().until(() -> served.info().messagesSent() == 1);
			String session = served.id();
			for (String input : List.of("@upper.apply('from inside')", ":session " + session)) {
				operators.type(PROMPT, asShown(input)).print(asShown(operator.ask(input)));
			}
			operator.quit();
			String path = "/actuator/socketsessions/" + session;
			operators.type(PROMPT, ":quit")
				.type("$ ", "curl -w '%{http_code}' -X DELETE localhost:8080" + asShown(path))
				.print(delete(path));
			assertThat(peer.read()).as("after the end of the session").isNull();
			peers.type("$ ", " ");
		}
		return recording.svg();
	}

	private SocketSession sessionOf(TestPeer peer) {
		return this.servers.server("upper")
			.orElseThrow()
			.sessions()
			.filter((session) -> session.remoteAddress().getPort() == peer.port())
			.findFirst()
			.orElseThrow();
	}

	private String asShown(String answered) {
		return answered.replaceAll("upper-\\d+", "upper-1").replace(":" + this.upper, ":8888");
	}

	private String delete(String path) {
		return "" + this.http.delete().uri(path).exchange().returnResult(Void.class).getStatus().value();
	}

	private static String withoutNumbers(String picture) {
		return picture.replaceAll("\\d+", "0");
	}

	/** A session with the console, which answers up to its next prompt. */
	private static final class Console implements AutoCloseable {

		private final Socket socket;

		Console(int port) throws IOException {
			this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
			this.socket.setSoTimeout(Patience.millis());
		}

		String ask(String input) throws IOException {
			type(input);
			return answer();
		}

		void quit() throws IOException {
			type(":quit");
			assertThat(this.socket.getInputStream().read()).as("the end of the console").isEqualTo(-1);
		}

		private void type(String input) throws IOException {
			this.socket.getOutputStream().write((input + "\n").getBytes(StandardCharsets.UTF_8));
		}

		String answer() throws IOException {
			InputStream in = this.socket.getInputStream();
			StringBuilder answered = new StringBuilder();
			while (!answered.toString().matches("(?s)(.*\n)?console-\\d+> ")) {
				int next = in.read();
				assertThat(next).as("after " + answered).isNotNegative();
				answered.append((char) next);
			}
			return answered.substring(0, answered.lastIndexOf("\n") + 1);
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
