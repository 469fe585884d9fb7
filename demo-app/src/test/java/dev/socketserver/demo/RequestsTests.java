package dev.socketserver.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The requests of a server to its peers that the documentation shows.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE,
		properties = { "spring.config.name=none", "socket.servers.devices.port=0" })
class RequestsTests {

	private static final Duration LONG = Duration.ofSeconds(9);

	@Autowired
	private Devices devices;

	@Autowired
	private SocketServers servers;

	@SocketConnection("devices")
	private SocketTestClient client;

	private SocketSession session() {
		return await()
			.until(() -> this.servers.server("devices").orElseThrow().sessions().findAny(),
					(session) -> session.isPresent())
			.orElseThrow();
	}

	@Test
	void repliesMayComeInAnyOrder() {
		SocketSession session = session();
		CompletableFuture<String> state = this.devices.ask(session, "state");
		CompletableFuture<String> time = this.devices.ask(session, "time");
		String first = this.client.receive();
		String second = this.client.receive();
		assertThat(first).endsWith(" state");
		assertThat(second).endsWith(" time");

		this.client.send("99 nobody asked").send(number(second) + " noon").send(number(first) + " up");

		assertThat(state).succeedsWithin(LONG).isEqualTo("up");
		assertThat(time).succeedsWithin(LONG).isEqualTo("noon");
		await().untilAsserted(() -> assertThat(Devices.pending(session)).isEmpty());
	}

	@Test
	void nobodyWaitsForAPeerThatHasGone() {
		SocketSession session = session();
		CompletableFuture<String> asked = this.devices.ask(session, "state");
		this.client.receive();

		this.client.reset();

		assertThat(asked).failsWithin(LONG).withThrowableThat().havingCause().isInstanceOf(IOException.class);
		assertThat(this.devices.ask(session, "state")).failsWithin(LONG);
		await().untilAsserted(() -> assertThat(Devices.pending(session)).isEmpty());
	}

	private static String number(String request) {
		return request.split(" ")[0];
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Devices.class)
	static class Application {

	}

	@SocketHandler("devices")
	static class Devices {

		private final AtomicInteger ids = new AtomicInteger();

		CompletableFuture<String> ask(SocketSession session, String question) {
			String id = Integer.toString(this.ids.incrementAndGet());
			CompletableFuture<String> reply = new CompletableFuture<>();
			pending(session).put(id, reply);
			reply.orTimeout(10, TimeUnit.SECONDS).whenComplete((text, failure) -> pending(session).remove(id));
			session.send(id + " " + question, (failure) -> {
				if (failure != null) {
					reply.completeExceptionally(failure);
				}
			});
			return reply;
		}

		@OnMessage
		void received(String line, SocketSession session) {
			String[] words = line.split(" ", 2);
			CompletableFuture<String> reply = pending(session).get(words[0]);
			if (reply != null && words.length == 2) {
				reply.complete(words[1]);
			}
		}

		@OnClose
		void closed(SocketSession session) {
			IOException ended = new IOException("session " + session.id() + " has ended");
			pending(session).values().forEach((reply) -> reply.completeExceptionally(ended));
		}

		@SuppressWarnings("unchecked")
		private static Map<String, CompletableFuture<String>> pending(SocketSession session) {
			return (Map<String, CompletableFuture<String>>) session.attributes()
				.computeIfAbsent("pending", (key) -> new ConcurrentHashMap<>());
		}

	}

}
