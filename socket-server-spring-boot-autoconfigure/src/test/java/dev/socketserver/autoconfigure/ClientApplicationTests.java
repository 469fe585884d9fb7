package dev.socketserver.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.ConversationHandler;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.client.SocketClients;
import dev.socketserver.event.SocketClientClosedEvent;
import dev.socketserver.event.SocketClientConnectedEvent;
import dev.socketserver.event.SocketClientDisconnectedEvent;
import dev.socketserver.event.SocketServerStartedEvent;
import dev.socketserver.event.SocketServerStoppedEvent;
import dev.socketserver.fixtures.Patience;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Applications whose clients talk to their own servers.
 */
@Tag("virtual-threads")
class ClientApplicationTests {

	@ParameterizedTest
	@ValueSource(
			strings = { "function", "later", "mono", "stream", "conversation", "connection", "annotated", "prototype" })
	void everyFormOfHandlerServesAClient(String form) throws Exception {
		String framing = form.equals("connection") ? "raw" : "";
		try (ConfigurableApplicationContext context = run(Questions.class, "--socket.clients.it.handler=" + form,
				"--socket.clients.it.args=" + form, "--socket.clients.it.framing=" + framing,
				"--socket.clients.it.port=local.socket.questions.port")) {
			assertThat(Patience.next(Questions.answers(context))).isEqualTo(form + ": who are you?");
		}
	}

	@Test
	void aConsumerTakesWhatComes() throws Exception {
		try (ConfigurableApplicationContext context = run(Questions.class, "--socket.clients.it.handler=consumer",
				"--socket.clients.it.port=local.socket.questions.port")) {
			assertThat(Patience.next(Questions.answers(context))).isEqualTo("taken: who are you?");
		}
	}

	@Test
	void annotatedMethodsAreNotifiedEachConnection() throws Exception {
		try (ConfigurableApplicationContext context = run(Questions.class, "--socket.clients.it.handler=annotated",
				"--socket.clients.it.port=local.socket.questions.port", "--socket.clients.it.reconnect.period=20ms",
				"--socket.clients.it.args=annotated")) {
			BlockingQueue<String> answers = Questions.answers(context);
			assertThat(Patience.next(answers)).isEqualTo("annotated: who are you?");
			client(context).reconnect();

			assertThat(List.of(Patience.next(answers), Patience.next(answers)))
				.containsExactlyInAnyOrder("closed: OPERATOR_CLOSED", "annotated: who are you?");
			context.getBean(SocketServers.class).get("questions").broadcast("fail");
			assertThat(Patience.next(answers)).isEqualTo("failed: as asked");
		}
	}

	@Test
	void clientsStartAfterServersAndStopBeforeThem() {
		List<String> events;
		try (ConfigurableApplicationContext context = run(Questions.class,
				"--socket.clients.it.port=local.socket.questions.port")) {
			events = context.getBean(Recorder.class).events;
			await().atMost(Patience.limit()).until(() -> events.contains("event: connected"));
		}
		assertThat(events).filteredOn((line) -> line.startsWith("event"))
			.containsExactly("event: questions started", "event: connected", "event: disconnected SERVER_STOPPED",
					"event: closed", "event: questions stopped");
		assertThat(events).filteredOn((line) -> line.startsWith("listener"))
			.containsExactly("listener: registered", "listener: connected", "listener: disconnected SERVER_STOPPED",
					"listener: closed");
	}

	@Test
	void whatTheFirstPeerOfAServerSendsIsForAClientThatStartsInAMoment() throws Exception {
		try (ConfigurableApplicationContext context = run(Gateway.class, "--socket.servers.gateway.port=0",
				"--socket.servers.gateway.transport=nio", "--socket.clients.it.port=local.socket.questions.port");
				Socket peer = context.getBean(FirstPeer.class).socket()) {
			BufferedReader reader = new BufferedReader(
					new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8));
			assertThat(reader.readLine()).isEqualTo("passed on");
			assertThat(Patience.next(Questions.answers(context))).isEqualTo("hello");
		}
	}

	@Test
	void transitionsAreReportedOnceAndInOrder() {
		try (ConfigurableApplicationContext context = run(Questions.class,
				"--socket.clients.it.port=local.socket.questions.port", "--socket.clients.it.reconnect.period=1ms",
				"--socket.clients.it.reconnect.max-period=5ms")) {
			List<String> events = context.getBean(Recorder.class).events;
			SocketServers servers = context.getBean(SocketServers.class);
			for (int i = 1; i <= 3; i++) {
				await().atMost(Patience.limit()).until(() -> last(transitions(events)).equals("connected"));
				servers.get("questions").stop(Duration.ZERO);
				// It may have got through once more, before the port was closed.
				await().atMost(Patience.limit()).until(() -> last(transitions(events)).equals("disconnected"));
				servers.get("questions").start();
			}
			List<String> transitions = transitions(events);
			assertThat(transitions).hasSizeGreaterThanOrEqualTo(6);
			for (int i = 0; i < transitions.size(); i++) {
				assertThat(transitions.get(i)).isEqualTo((i % 2 == 0) ? "connected" : "disconnected");
			}
		}
	}

	private static List<String> transitions(List<String> events) {
		return events.stream()
			.filter((line) -> line.startsWith("event: ") && line.contains("connected"))
			.map((line) -> line.split(" ")[1])
			.toList();
	}

	private static String last(List<String> transitions) {
		return transitions.isEmpty() ? "" : transitions.get(transitions.size() - 1);
	}

	@Test
	void aClientStartsWithoutItsServerAndSendsWhenItIsThere() throws Exception {
		try (ConfigurableApplicationContext context = run(Questions.class,
				"--socket.servers.questions.start.auto=false",
				"--socket.clients.it.port=${local.socket.questions.port}", "--socket.clients.it.reconnect.period=20ms",
				"--socket.clients.it.reconnect.max-period=100ms")) {
			SocketClient client = client(context);
			CompletableFuture<@Nullable Void> sent = client.send("sent before");
			await().atMost(Patience.limit()).until(() -> client.failure() != null);
			assertThat(client.state()).isIn(ClientState.CONNECTING, ClientState.DISCONNECTED);
			assertThat(sent).isNotDone();

			context.getBean(SocketServers.class).get("questions").start();

			assertThat(Patience.next(Questions.answers(context))).isEqualTo("sent before");
			Patience.await(sent);
			assertThat(client.receive(Patience.limit())).isInstanceOf(Received.Connected.class);
			assertThat(client.receive(Patience.limit())).isEqualTo(new Received.Payload("who are you?"));
		}
	}

	@Test
	void whatWasAcceptedIsSentBeforeTheApplicationEnds() {
		List<CompletableFuture<@Nullable Void>> sent = new ArrayList<>();
		BlockingQueue<String> answers;
		SocketClient client;
		try (ConfigurableApplicationContext context = run(Questions.class,
				"--socket.clients.it.port=local.socket.questions.port")) {
			client = client(context);
			answers = Questions.answers(context);
			await().atMost(Patience.limit()).until(() -> client.state() == ClientState.CONNECTED);
			for (int i = 0; i < 500; i++) {
				sent.add(client.send("line " + i));
			}
		}
		assertThat(sent).allSatisfy((future) -> assertThat(future).isCompleted());
		assertThat(answers).hasSize(500).startsWith("line 0", "line 1").endsWith("line 499");
		assertThat(client.state()).isEqualTo(ClientState.CLOSED);
	}

	@Test
	void withoutConnectionTheApplicationEndsAtOnceAndWhatWaitsFails() throws Exception {
		List<CompletableFuture<@Nullable Void>> sent = new ArrayList<>();
		Duration passed = Patience.timed(() -> {
			try (ConfigurableApplicationContext context = run(Questions.class,
					"--socket.servers.questions.start.auto=false",
					"--socket.clients.it.port=local.socket.questions.port",
					"--spring.lifecycle.timeout-per-shutdown-phase=10m")) {
				return sent.add(client(context).send("to nobody"));
			}
		});
		assertThat(passed).isLessThan(Duration.ofMinutes(1));
		assertThatThrownBy(() -> Patience.await(sent.get(0))).hasCauseInstanceOf(ClientClosedException.class);
	}

	@Test
	void aContextThatStartsAgainStartsItsClientsAgainButForThoseThatWereClosed() {
		try (ConfigurableApplicationContext context = run(Questions.class,
				"--socket.clients.it.port=local.socket.questions.port", "--socket.clients.it.reconnect.period=20ms",
				"--socket.clients.over.port=local.socket.questions.port")) {
			SocketClient client = client(context);
			SocketClient over = context.getBean(SocketClients.class).get("over");
			await().atMost(Patience.limit()).until(() -> client.state() == ClientState.CONNECTED);
			over.close();
			over.closed().join();

			context.stop();
			assertThat(client.state()).isEqualTo(ClientState.STOPPED);
			context.start();

			assertThat(client(context)).isSameAs(client);
			await().atMost(Patience.limit()).until(() -> client.state() == ClientState.CONNECTED);
			assertThat(over.state()).isEqualTo(ClientState.CLOSED);
		}
	}

	@Test
	void whatTheTransportLacksFailsTheStart() {
		assertThatThrownBy(() -> run(Questions.class, "--socket.clients.it.port=local.socket.questions.port",
				"--socket.clients.it.transport=nio", "--socket.clients.it.options.user-timeout=5s"))
			.satisfies((failure) -> assertThat(cause(failure)).hasMessageStartingWith(
					"Property socket.clients.it.options.user-timeout is '5s': it cannot be set with transport nio"));
	}

	private static Throwable cause(Throwable failure) {
		Throwable cause = failure;
		while (!(cause instanceof InvalidSocketPropertyException) && cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause;
	}

	private static SocketClient client(ConfigurableApplicationContext context) {
		return context.getBean(SocketClients.class).get("it");
	}

	private static ConfigurableApplicationContext run(Class<?> configuration, String... args) {
		List<String> all = new ArrayList<>(List.of("--spring.main.banner-mode=off", "--socket.servers.questions.port=0",
				"--socket.servers.questions.transport=nio"));
		all.addAll(List.of(args));
		all.removeIf((arg) -> arg.endsWith(".framing="));
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.run(all.toArray(String[]::new));
	}

	/** What was reported, in order. */
	static class Recorder implements SocketClientListener {

		private final List<String> events = new CopyOnWriteArrayList<>();

		@EventListener
		void started(SocketServerStartedEvent event) {
			this.events.add("event: " + event.server().name() + " started");
		}

		@EventListener
		void stopped(SocketServerStoppedEvent event) {
			this.events.add("event: " + event.server().name() + " stopped");
		}

		@EventListener
		void connected(SocketClientConnectedEvent event) {
			assertThat(event.address()).isEqualTo(event.session().remoteAddress());
			assertThat(event).asString().startsWith("SocketClientConnectedEvent[client=" + event.client().name() + ",");
			this.events.add("event: connected");
		}

		@EventListener
		void disconnected(SocketClientDisconnectedEvent event) {
			this.events.add("event: disconnected " + event.status().reason());
		}

		@EventListener
		void closed(SocketClientClosedEvent event) {
			this.events.add("event: closed");
		}

		@Override
		public void registered(SocketClient client) {
			this.events.add("listener: registered");
		}

		@Override
		public void connected(SocketClient client, SocketSession session) {
			this.events.add("listener: connected");
		}

		@Override
		public void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
			this.events.add("listener: disconnected " + status.reason());
		}

		@Override
		public void closed(SocketClient client) {
			this.events.add("listener: closed");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketServerAutoConfiguration.class)
	@Import(Recorder.class)
	static class Questions {

		static final String QUESTION = "who are you?";

		@SuppressWarnings("unchecked") // it is below
		static BlockingQueue<String> answers(ConfigurableApplicationContext context) {
			return context.getBean("answers", BlockingQueue.class);
		}

		@Bean
		BlockingQueue<String> answers() {
			return new LinkedBlockingQueue<>();
		}

		@Bean
		@SocketHandler("questions")
		Asking questions(BlockingQueue<String> answers) {
			return new Asking(answers);
		}

		@Bean
		Function<String, String> function() {
			return (question) -> "function: " + question;
		}

		@Bean
		Function<String, CompletionStage<String>> later() {
			return (question) -> CompletableFuture.supplyAsync(() -> "later: " + question);
		}

		@Bean
		Function<String, Mono<String>> mono() {
			return (question) -> Mono.just("mono: " + question);
		}

		@Bean
		Consumer<String> consumer(BlockingQueue<String> answers) {
			return (question) -> answers.add("taken: " + question);
		}

		@Bean
		StreamHandler stream() {
			return (in, out, session) -> {
				BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
				for (String line; (line = reader.readLine()) != null;) {
					out.write((session.args().get(0) + ": " + line + "\n").getBytes(StandardCharsets.UTF_8));
					out.flush();
				}
			};
		}

		@Bean
		ConversationHandler<String, String> conversation() {
			return (conversation) -> {
				for (String line; (line = conversation.receive()) != null;) {
					conversation.send("conversation: " + line);
				}
			};
		}

		@Bean
		ConnectionHandler<String> connection() {
			return new ConnectionHandler<>() {

				@Override
				public String received(@Nullable String state, ByteBuffer data, SocketSession session) {
					String text = ((state != null) ? state : "") + StandardCharsets.UTF_8.decode(data);
					if (text.endsWith("\n")) {
						session.send("connection: " + text);
						return "";
					}
					return text;
				}

			};
		}

		@Bean
		Annotated annotated(BlockingQueue<String> answers) {
			return new Annotated(answers);
		}

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		Function<String, String> prototype() {
			return (question) -> "prototype: " + question;
		}

	}

	/** What peers of a server send, a client passes on. */
	@Configuration(proxyBeanMethods = false)
	@Import(Questions.class)
	static class Gateway {

		@Bean
		@SocketHandler("gateway")
		Function<String, CompletionStage<String>> gateway(SocketClients clients, FirstPeer peer) {
			return (line) -> {
				try {
					return clients.get("it").send(line).thenApply((sent) -> "passed on");
				}
				finally {
					peer.handled.countDown();
				}
			};
		}

		@Bean
		FirstPeer firstPeer(Environment environment) {
			return new FirstPeer(environment);
		}

	}

	/**
	 * Sends when the servers have started, and holds up the clients until it is handled.
	 */
	static class FirstPeer implements SmartLifecycle {

		private final Environment environment;

		private final CountDownLatch handled = new CountDownLatch(1);

		private volatile @Nullable Socket socket;

		FirstPeer(Environment environment) {
			this.environment = environment;
		}

		Socket socket() {
			return Objects.requireNonNull(this.socket);
		}

		@Override
		public void start() {
			int port = this.environment.getRequiredProperty("local.socket.gateway.port", int.class);
			try {
				Socket peer = new Socket(InetAddress.getLoopbackAddress(), port);
				peer.setSoTimeout((int) Patience.limit().toMillis());
				peer.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
				this.socket = peer;
				Patience.await(this.handled);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return this.socket != null;
		}

		@Override
		public int getPhase() {
			return DEFAULT_PHASE - 1500;
		}

	}

	/** The server's: it asks who comes, and takes what is answered. */
	static class Asking {

		private final BlockingQueue<String> answers;

		Asking(BlockingQueue<String> answers) {
			this.answers = answers;
		}

		@OnOpen
		String ask() {
			return Questions.QUESTION;
		}

		@OnMessage
		void answered(String answer) {
			this.answers.add(answer);
		}

	}

	/** A client's. */
	static class Annotated {

		private final BlockingQueue<String> answers;

		private volatile String name = "";

		Annotated(BlockingQueue<String> answers) {
			this.answers = answers;
		}

		@OnOpen
		void opened(List<String> args) {
			this.name = args.get(0);
		}

		@OnMessage
		String asked(String question) {
			if (question.equals("fail")) {
				throw new IllegalArgumentException("as asked");
			}
			return this.name + ": " + question;
		}

		@OnError
		String failed(IllegalArgumentException failure) {
			return "failed: " + failure.getMessage();
		}

		@OnClose
		void closed(CloseStatus status) {
			if (status.reason() != CloseReason.SERVER_STOPPED) {
				this.answers.add("closed: " + status.reason());
			}
		}

	}

}
