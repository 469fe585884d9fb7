package dev.socketserver.demo;

import java.util.Iterator;
import java.util.stream.IntStream;

import dev.socketserver.ServerStatistics;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
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
 * The examples of {@code docs/sending.md}.
 */
@SocketServerTest(properties = "spring.config.location=classpath:/prices.yml")
class SendingTests {

	@Autowired
	private SocketServers servers;

	@SocketConnection("prices")
	private SocketTestClient client;

	@Test
	void slowPeerMissesOldPricesAndGetsTheLatest() {
		ServerStatistics statistics = this.servers.server("prices").orElseThrow().statistics();
		this.client.send("feed");
		await().until(() -> statistics.outboundDropped() > 0);

		int last = 0;
		int count = 0;
		while (last < Prices.BOARDS) {
			int number = Integer.parseInt(this.client.receive().split(" ")[0]);
			assertThat(number).isGreaterThan(last);
			last = number;
			count++;
		}
		assertThat(count + statistics.outboundDropped()).isEqualTo(Prices.BOARDS);
	}

	@Test
	void oneWriteFollowsTheOther() {
		this.client.send("history");

		for (int i = 1; i <= 100; i++) {
			this.client.expect("day " + i);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Prices.class)
	static class Application {

	}

	@SocketHandler("prices")
	static class Prices {

		static final int BOARDS = 2_000;

		@OnMessage
		void ask(String what, SocketSession session) {
			if (what.equals("history")) {
				sendNext(IntStream.rangeClosed(1, 100).mapToObj((day) -> "day " + day).iterator(), session);
			}
			else {
				feed(session);
			}
		}

		private void feed(SocketSession session) {
			for (int number = 1; number <= BOARDS; number++) {
				session.send(number + " " + board());
			}
		}

		private String board() {
			return "x".repeat(16_000);
		}

		private void sendNext(Iterator<String> days, SocketSession session) {
			if (days.hasNext()) {
				session.send(days.next(), (failure) -> {
					if (failure == null) {
						sendNext(days, session);
					}
				});
			}
		}

	}

}
