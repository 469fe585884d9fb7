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
	void everybodyHearsEverybody(@SocketConnection("chat") SocketTestClient ann,
			@SocketConnection("chat") SocketTestClient ben, @SocketConnection("chat") SocketTestClient cat) {
		String annsName = joined(ann);
		String bensName = joined(ben);
		String catsName = joined(cat);

		ann.send("Hello, everybody");
		hears(ann, annsName + ": Hello, everybody");
		hears(ben, annsName + ": Hello, everybody");
		hears(cat, annsName + ": Hello, everybody");

		cat.send("Hallöchen 🎈");
		hears(ann, catsName + ": Hallöchen 🎈");
		hears(ben, catsName + ": Hallöchen 🎈");
		hears(cat, catsName + ": Hallöchen 🎈");

		cat.endOutput();
		hears(ann, catsName + " left");
		hears(ben, catsName + " left");
		cat.expectClosed();

		ben.reset();
		hears(ann, bensName + " left");
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
		hears(client, name + " joined");
		return name;
	}

	/**
	 * Reads on over those who join and leave: a broadcast reaches the sessions one by
	 * one, and somebody who joins meanwhile may be told, or not.
	 */
	private static void hears(SocketTestClient client, String line) {
		String heard = client.receive();
		while (heard.matches("chat-\\d+ (joined|left)") && !heard.equals(line)) {
			heard = client.receive();
		}
		assertThat(heard).isEqualTo(line);
	}

}
