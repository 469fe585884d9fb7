package dev.socketserver.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.SessionClosedException;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.client.Correlator;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The requests of a server to its peers that the documentation shows.
 */
@SocketServerTest(properties = { "spring.config.location=classpath:/asking.yml", "socket.servers.devices.port=0" })
class RequestsTests {

	private static final Duration LONG = Patience.limit();

	@Autowired
	private Devices devices;

	@Autowired
	private SocketServers servers;

	@SocketConnection("devices")
	private SocketTestClient client;

	private SocketSession session() {
		return await().until(() -> this.servers.server("devices")
			.orElseThrow()
			.sessions()
			// Those of other tests may still be there.
			.filter((session) -> session.remoteAddress().equals(this.client.localAddress()))
			.findAny(), (session) -> session.isPresent()).orElseThrow();
	}

	@Test
	void repliesMayComeInAnyOrder() {
		SocketSession session = session();
		CompletableFuture<String> state = this.devices.ask(session, "state");
		CompletableFuture<String> time = this.devices.ask(session, "time");
		String first = this.client.receive();
		String second = this.client.receive();
		assertThat(first).endsWith(":state");
		assertThat(second).endsWith(":time");

		this.client.send("99:nobody asked").send(number(second) + ":noon").send(number(first) + ":up");

		assertThat(state).succeedsWithin(LONG).isEqualTo("up");
		assertThat(time).succeedsWithin(LONG).isEqualTo("noon");
		assertThat(session.info().requests()).isZero();
	}

	@Test
	void nobodyWaitsForAPeerThatHasGone() {
		SocketSession session = session();
		CompletableFuture<String> asked = this.devices.ask(session, "state");
		this.client.receive();

		this.client.reset();

		assertThat(asked).failsWithin(LONG)
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(SessionClosedException.class);
		assertThat(this.devices.ask(session, "state")).failsWithin(LONG);
	}

	@Test
	void aTestPlaysThePeer() {
		SocketSession session = session();
		CompletableFuture<Object> reply = session.ask("7:STATUS", LONG);
		this.client.expectAsk("7:STATUS").answer("7:FINE");
		assertThat(reply).succeedsWithin(LONG).isEqualTo("7:FINE");
	}

	@Test
	void aReplyMayBeOfItsOwnType() {
		SocketSession session = session();
		CompletableFuture<Position> position = session.ask("8:POSITION", Position.class, Duration.ofSeconds(30));
		this.client.expectAsk("8:POSITION").answer("8:47.1 8.5");
		assertThat(position).succeedsWithin(LONG).isEqualTo(new Position(47.1, 8.5));
	}

	@Test
	void handlersMayWaitForTheirPeer() {
		this.client.send("check").expectAsk("0:STATUS").answer("0:FINE");
		this.client.expect("checked: 0:FINE");
	}

	private static String number(String request) {
		return request.split(":")[0];
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Devices.class, PositionConverter.class })
	static class Application {

		@Bean
		Correlator commandNumber() {
			return (payload) -> {
				String line = payload.toString();
				int colon = line.indexOf(':');
				return (colon > 0) ? line.substring(0, colon) : null;
			};
		}

	}

	record Position(double latitude, double longitude) {

	}

	static class PositionConverter implements PayloadConverter<Position> {

		@Override
		public Class<Position> type() {
			return Position.class;
		}

		@Override
		public Position read(byte[] source, int offset, int length) {
			String[] words = new String(source, offset, length, StandardCharsets.UTF_8).split("[: ]");
			return new Position(Double.parseDouble(words[1]), Double.parseDouble(words[2]));
		}

		@Override
		public byte[] write(Position payload) {
			throw new UnsupportedOperationException("Only devices send it");
		}

	}

	@SocketHandler("devices")
	static class Devices {

		private final AtomicInteger numbers = new AtomicInteger();

		CompletableFuture<String> ask(SocketSession session, String question) {
			return session.ask(this.numbers.incrementAndGet() + ":" + question, LONG)
				.thenApply((reply) -> reply.toString().split(":", 2)[1]);
		}

		@OnMessage
		CompletableFuture<String> received(String line, SocketSession session) {
			return session.ask("0:STATUS", Duration.ofSeconds(30)).thenApply((reply) -> "checked: " + reply);
		}

	}

}
