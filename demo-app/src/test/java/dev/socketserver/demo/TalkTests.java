package dev.socketserver.demo;

import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("virtual-threads")
@DemoTest
class TalkTests {

	@SocketConnection("talk")
	private SocketTestClient client;

	@Test
	void answersEachLineAtOnce() {
		this.client.sendRaw("Hello\n").expectBytes("You sent: 'Hello'\n");
		this.client.sendRaw("again\r\n").expectBytes("You sent: 'again'\n");
	}

	@Test
	void talksUntilThePeerHasSaidItsLast() {
		this.client.sendRaw("one\ntwo").endOutput();

		this.client.expectBytes("You sent: 'one'\nYou sent: 'two'\n").expectClosed();
	}

	@Test
	void talksToSeveralAtOnce(@LocalSocketPort("talk") int port) {
		try (SocketTestClient other = SocketTestClient.connect(port)) {
			this.client.sendRaw("half a li");
			other.send("whole").expect("You sent: 'whole'");
			this.client.sendRaw("ne\n").expectBytes("You sent: 'half a line'\n");
		}
	}

}
