package dev.socketserver.demo;

import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Tag("virtual-threads")
@DemoTest
class ChatTests {

	@Autowired
	private SocketServers servers;

	@Test
	void everyMemberReceivesWhatAnyOfThemSays(@SocketConnection("chat") SocketTestClient ann,
			@SocketConnection("chat") SocketTestClient ben, @SocketConnection("chat") SocketTestClient cat) {
		String annsName = joined(ann);
		String bensName = joined(ben);
		String catsName = joined(cat);

		ann.send("Hello, everybody");
		receives(ann, annsName + ": Hello, everybody");
		receives(ben, annsName + ": Hello, everybody");
		receives(cat, annsName + ": Hello, everybody");

		cat.send("Hallöchen 🎈");
		receives(ann, catsName + ": Hallöchen 🎈");
		receives(ben, catsName + ": Hallöchen 🎈");
		receives(cat, catsName + ": Hallöchen 🎈");

		cat.endOutput();
		receives(ann, catsName + " left");
		receives(ben, catsName + " left");
		cat.expectClosed();

		ben.reset();
		receives(ann, bensName + " left");
	}

	/** What a client is called is the id of its session. */
	private String joined(SocketTestClient client) {
		String name = await().until(() -> this.servers.server("chat")
			.orElseThrow()
			.sessions()
			.filter((session) -> session.remoteAddress().equals(client.localAddress()))
			.map(SocketSession::id)
			.findAny()
			.orElse(null), (found) -> found != null);
		receives(client, name + " joined");
		return name;
	}

	/**
	 * Reads on over those who join and leave: a broadcast reaches the sessions one by
	 * one, and one who joins meanwhile may receive it, or not.
	 */
	private static void receives(SocketTestClient client, String line) {
		String received = client.receive();
		while (received.matches("chat-\\d+ (joined|left)") && !received.equals(line)) {
			received = client.receive();
		}
		assertThat(received).isEqualTo(line);
	}

}
