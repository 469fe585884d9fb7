package dev.socketserver.test;

import java.time.Duration;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.operator.SocketTap;
import dev.socketserver.operator.SocketTaps;
import dev.socketserver.operator.TapRequest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that what a tap has kept can be played again.
 */
@SpringBootTest(classes = TestServers.class, properties = { TestServers.ECHO_PORT, TestServers.FRAMES_PORT,
		TestServers.FRAMES_FRAMING, "socket.servers.frames.limits.frame=64KB", "socket.tap.enabled=true" })
class TapTranscriptsTests {

	@Autowired
	private SocketServers servers;

	@Autowired
	private SocketTaps taps;

	private SocketTap tap(String server) {
		return this.taps
			.start(new TapRequest(null, server, null, null, null, false, Duration.ofSeconds(60), 1_000_000, "a test"));
	}

	@Test
	void aSessionPlaysAgain() {
		SocketServer frames = this.servers.get("frames");
		SocketTap tap = tap("frames");
		byte[] everyByte = new byte[256];
		for (int i = 0; i < everyByte.length; i++) {
			everyByte[i] = (byte) i;
		}
		try (SocketTestClient client = SocketTestClient.connect(frames)) {
			assertThat(client.ask(everyByte)).isNotNull();
			client.ask("text");
			client.endOutput().expectClosed();
		}
		await().until(() -> tap.transcript().toString().endsWith("! PEER_CLOSED\n"));
		String text = tap.transcript().toString();
		this.taps.remove(tap.id(), "a test");

		SocketTap again = tap("frames");
		try (SocketTestClient client = SocketTestClient.connect(frames)) {
			client.replay(text);
		}
		await().untilAsserted(() -> assertThat(again.transcript().toString()).isEqualTo(text));
		this.taps.remove(again.id(), "a test");
		try (SocketTestClient client = SocketTestClient.connect(frames)) {
			client.everySplit().replay(text);
		}
	}

	@Test
	void severalSessionsPlayAgain() {
		SocketServer echo = this.servers.get("echo");
		SocketTap tap = tap("echo");
		try (SocketTestClient one = SocketTestClient.connect(echo);
				SocketTestClient two = SocketTestClient.connect(echo)) {
			one.ask("1");
			two.ask("2");
			one.ask("3");
			one.endOutput().expectClosed();
			two.endOutput().expectClosed();
		}
		await().until(() -> tap.bytes() == 12
				&& tap.transcript().entries().stream().filter((entry) -> entry.reason() != null).count() == 2);
		String text = tap.transcript().toString();
		this.taps.remove(tap.id(), "a test");
		assertThat(text).startsWith("@ echo-").contains("> \"1\\n\"\n", "< \"2\\n\"\n");
		try (SocketTestClient client = SocketTestClient.connect(echo)) {
			client.replay(text);
		}
	}

}
