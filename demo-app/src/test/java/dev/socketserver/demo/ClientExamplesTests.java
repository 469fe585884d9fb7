package dev.socketserver.demo;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.socketserver.ConversationHandler;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.client.Correlator;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.event.SocketClientConnectedEvent;
import dev.socketserver.event.SocketClientDisconnectedEvent;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.test.SocketServerTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of {@code docs/clients.md}, against servers of the same application.
 */
@SocketServerTest(classes = ClientExamplesTests.Gateway.class,
		properties = { "spring.config.location=classpath:clients.yml,classpath:clients-local.yml",
				"socket.servers.measurements.port=7101", "socket.servers.prices.port=7201",
				"socket.servers.bank.port=7301", "socket.clients.host.port=${local.socket.bank.port}",
				"socket.clients.host.ready=opened", "socket.clients.plant.host=127.0.0.1",
				"socket.clients.plant.reconnect.period=50ms",
				"socket.clients.plant.port=${local.socket.measurements.port}", "socket.clients.orders.host=127.0.0.1",
				"socket.clients.orders.port=${local.socket.prices.port}" })
class ClientExamplesTests {

	private static final Duration SOON = Patience.limit();

	@Autowired
	private SocketClients clients;

	@Autowired
	private SocketServers servers;

	@Autowired
	private Plant plant;

	@Autowired
	private Watch watch;

	@Test
	void aHandlerGreetsAndReadsWhatComes() {
		assertThat(Patience.next(this.plant.measured)).isEqualTo("hello gateway, 21.5");
	}

	@Test
	void byHandNewsAndPayloadsCome() {
		SocketClient checker = this.clients.get("checker");
		checker.send("are you there?");

		assertThat(checker.receive(SOON)).isInstanceOf(Received.Connected.class);
		assertThat(checker.receive(SOON)).isEqualTo(new Received.Payload("ARE YOU THERE?"));
	}

	@Test
	void repliesComeToTheirRequests() {
		SocketClient orders = this.clients.client("orders").orElseThrow();
		CompletableFuture<Object> tea = orders.ask("17 tea", Duration.ofSeconds(30));
		CompletableFuture<Object> cake = orders.ask("18 cake", Duration.ofSeconds(30));

		assertThat(cake.join()).isEqualTo("18 costs 4");
		assertThat(tea.join()).isEqualTo("17 costs 3");
	}

	@Test
	void aServerOfTheSameApplicationMayRestartOnAnotherPort() {
		assertThat(Patience.next(this.watch.events)).isEqualTo("connected");

		this.servers.server("measurements").orElseThrow().stop();
		assertThat(Patience.next(this.watch.events)).isEqualTo("disconnected");

		this.servers.server("measurements").orElseThrow().start();
		assertThat(Patience.next(this.watch.events)).isEqualTo("connected");
	}

	@Test
	void nothingIsSentBeforeTheSignOnIsConfirmed() {
		assertThat(this.clients.get("host").ask("balance", SOON)).succeedsWithin(SOON)
			.isEqualTo("BALANCE after SIGN ON");
	}

	@SocketClientHandler("plant")
	static class Plant {

		private final BlockingQueue<String> measured = new LinkedBlockingQueue<>();

		@OnOpen
		String greet() {
			return "gateway";
		}

		@OnMessage
		void measured(String line) {
			this.measured.add(line);
		}

		@OnClose
		void lost() {
			this.measured.clear();
		}

	}

	@SocketClientHandler("host")
	static class Host {

		@OnOpen
		CompletionStage<Void> signOn(SocketSession session) {
			return session.ask("SIGN ON", Duration.ofSeconds(5)).thenAccept((reply) -> {
				if (!reply.equals("WELCOME")) {
					throw new IllegalStateException("The sign-on was refused");
				}
			});
		}

		@OnMessage
		void notice(String line) {
		}

	}

	static class Watch {

		private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

		@EventListener
		void connected(SocketClientConnectedEvent event) {
			record(event.client(), "connected");
		}

		@EventListener
		void disconnected(SocketClientDisconnectedEvent event) {
			record(event.client(), "disconnected");
		}

		private void record(SocketClient client, String what) {
			if (client.name().equals("plant")) {
				this.events.add(what);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Plant.class, Host.class, Watch.class })
	static class Gateway {

		@Bean
		Correlator orderNumber() {
			return (payload) -> payload.toString().split(" ")[0];
		}

		@Bean
		@SocketHandler("simulator")
		UnaryOperator<String> simulator() {
			return String::toUpperCase;
		}

		@Bean
		@SocketHandler("bank")
		ConversationHandler<String, String> bank() {
			return (conversation) -> {
				String first = conversation.receive();
				conversation.send("WELCOME");
				for (String line; (line = conversation.receive()) != null;) {
					conversation.send(line.toUpperCase(Locale.ROOT) + " after " + first);
				}
			};
		}

		@Bean
		@SocketHandler("measurements")
		Function<String, String> measurements() {
			return (name) -> "hello " + name + ", 21.5";
		}

		/** Answers the second of two requests first. */
		@Bean
		@SocketHandler("prices")
		ConversationHandler<String, String> prices() {
			return (conversation) -> {
				Queue<String> waiting = new ArrayDeque<>();
				for (String line; (line = conversation.receive()) != null;) {
					waiting.add(line);
					if (waiting.size() == 2) {
						String first = waiting.remove();
						conversation.send(price(waiting.remove()));
						conversation.send(price(first));
					}
				}
			};
		}

		private static String price(String order) {
			String[] words = order.split(" ");
			return words[0] + " costs " + words[1].length();
		}

	}

}
