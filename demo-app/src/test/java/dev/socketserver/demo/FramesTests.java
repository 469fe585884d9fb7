package dev.socketserver.demo;

import java.util.Random;

import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@DemoTest
class FramesTests {

	@SocketConnection("frames")
	private SocketTestClient client;

	@Test
	void sendsFramesBack() {
		byte[] payload = new byte[64 * 1024];
		new Random(1).nextBytes(payload);

		assertThat(this.client.ask(payload)).isEqualTo(payload);
		assertThat(this.client.ask("text\nof two lines")).isEqualTo("text\nof two lines");
	}

	@Test
	void sendsEmptyFramesBack() {
		this.client.sendRaw("\0\0\0\0\0\0\0\1a\0\0\0\0").expectBytes("\0\0\0\0\0\0\0\1a\0\0\0\0");
	}

	@Test
	void takesFramesOneByteAtATime() {
		this.client.inSegmentsOf(1).send("one").send("two").endOutput();

		this.client.expect("one").expect("two").expectClosed();
	}

	@Test
	void endsASessionWhoseFrameIsTooLong() {
		this.client.sendRaw("\0\1\0\1");

		this.client.expectClosed();
	}

}
