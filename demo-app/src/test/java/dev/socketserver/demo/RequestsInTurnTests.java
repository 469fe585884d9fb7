package dev.socketserver.demo;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The requests in turn that the documentation shows.
 */
@SocketServerTest(
		properties = { "spring.config.location=classpath:/asking-in-turn.yml", "socket.servers.meters.port=0" })
class RequestsInTurnTests {

	@Autowired
	private SocketServers servers;

	@SocketConnection("meters")
	private SocketTestClient client;

	@Test
	void aLateReplyIsDroppedAndALostOneCostsOneRequest() {
		SocketSession session = await()
			.until(() -> this.servers.server("meters").orElseThrow().sessions().findAny(), (found) -> found.isPresent())
			.orElseThrow();
		CompletableFuture<Object> next = askBehindALateReply(session);
		CompletableFuture<Object> last = session.ask("last", Patience.limit());

		this.client.send("1");
		assertThat(next).succeedsWithin(Patience.limit()).isEqualTo("1");
		assertThat(this.client.receive()).isEqualTo("last");
		this.client.send("2");
		assertThat(last).succeedsWithin(Patience.limit()).isEqualTo("2");
	}

	/** Asks until the late reply comes before the time for it is over. */
	private CompletableFuture<Object> askBehindALateReply(SocketSession session) {
		while (true) {
			CompletableFuture<Object> late = session.ask("late", Duration.ofMillis(50));
			CompletableFuture<Object> next = session.ask("next", Patience.limit());
			boolean sent = this.client.receive().equals("late");
			assertThat(late).failsWithin(Patience.limit());
			if (sent) {
				this.client.send("too late");
				assertThat(this.client.receive()).isEqualTo("next");
				await().until(() -> next.isDone()
						|| this.servers.server("meters").orElseThrow().statistics().repliesDropped() == 1);
			}
			else {
				this.client.send("a reply to the next");
				assertThat(next).succeedsWithin(Patience.limit());
			}
			if (!next.isDone()) {
				return next;
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Meters.class)
	static class Application {

	}

	@SocketHandler("meters")
	static class Meters {

		@OnMessage
		void received(String line) {
		}

	}

}
