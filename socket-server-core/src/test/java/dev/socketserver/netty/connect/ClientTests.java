package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.OutboundFullException;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.threads.LentExecutor;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.tls.TlsBundle;
import io.netty.channel.ConnectTimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Clients and servers over real connections.
 */
@Tag("virtual-threads")
@Timeout(60)
class ClientTests {

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@RegisterExtension
	final LogLines executors = new LogLines(LentExecutor.class);

	@RegisterExtension
	final LogLines clientLines = new LogLines(SocketClient.class);

	@Every.Transport
	void sendsAndReceivesByHand(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.servers.lines((line) -> "<" + line + ">", (spec) -> spec);
		SocketClient client = this.fixture.start(server, (spec) -> spec.transport(transport));

		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Connected(ClientFixture.address(server)));
		assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
		assertThat(client.session().orElseThrow().id()).isEqualTo("it-1");
		client.send("one").get(10, TimeUnit.SECONDS);
		client.send("two").get(10, TimeUnit.SECONDS);
		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("<one>"));
		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("<two>"));
		assertThat(client.receive(Duration.ZERO)).isNull();

		client.close();
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Disconnected.class);
		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Closed());
		client.closed().get(10, TimeUnit.SECONDS);
		assertThat(client.state()).isEqualTo(ClientState.CLOSED);
		assertThatIllegalStateException().isThrownBy(() -> client.receive(Duration.ZERO))
			.withMessageContaining("'it' is stopped or closed");
		assertThatIllegalStateException().isThrownBy(client::start).withMessage("Client 'it' is closed");
		assertThat(this.fixture.events).containsExactly("connected", "disconnected HANDLER_CLOSED", "closed");
		assertThat(client.send("late")).failsWithin(Duration.ofSeconds(10))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(ClientClosedException.class);
	}

	@Test
	void whoReceivesLateIsNotifiedOfEachConnection() {
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec);
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		for (int connections = 1; connections <= 3; connections++) {
			int made = connections;
			Awaitility.await().until(() -> this.fixture.events.stream().filter("connected"::equals).count() == made);
			assertThat(client.disconnect()).isTrue();
			Awaitility.await().until(() -> this.fixture.events.size() >= 2 * made);
			client.reconnect();
		}
		Awaitility.await().until(() -> client.state() == ClientState.CONNECTED);

		for (int connections = 1; connections <= 3; connections++) {
			assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
			assertThat(ClientFixture.next(client)).isInstanceOf(Received.Disconnected.class);
		}
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
	}

	@Test
	void whatIsSentWhereAStartIsExpectedWaitsForIt() throws Exception {
		SocketServer server = this.fixture.servers.lines((line) -> "<" + line + ">", (spec) -> spec);
		SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
			.port(ClientFixture.address(server).getPort())
			.reconnect(ClientFixture.SOON)
			.build());
		this.fixture.clients.expectStart("nobody");
		this.fixture.clients.expectStart("it");
		CompletableFuture<Object> asked = client.ask("early", Duration.ofSeconds(20));
		assertThat(client.state()).isEqualTo(ClientState.STOPPED);
		assertThat(client.statistics().pending()).isEqualTo(1);
		client.start();
		assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo("<early>");

		client.stop().get(20, TimeUnit.SECONDS);
		this.fixture.clients.expectStart("it");
		CompletableFuture<?> inVain = client.send("in vain");
		client.stop().get(20, TimeUnit.SECONDS);
		assertThat(inVain).failsWithin(Duration.ofSeconds(20))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(ClientClosedException.class);
		assertThat(client.send("late")).failsWithin(Duration.ofSeconds(20))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(ClientClosedException.class);
	}

	@Test
	void aConnectionThatBringsTooMuchEndsWithTheNamesOfTheLimits() {
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec);
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.inbound((i) -> i.bytes(3).overflow(InboundOverflow.CLOSE)));
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
		SocketSession session = client.session().orElseThrow();
		client.send("long");
		// Alone in its read: of two the session itself would report it.
		Awaitility.await().until(() -> session.info().messagesReceived() == 1 && session.info().pendingInbound() == 0);
		client.send("more");
		Awaitility.await().until(() -> this.fixture.events.contains("disconnected OVERFLOW"));

		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("long"));
		assertThat(ClientFixture.next(client)).isInstanceOfSatisfying(Received.Disconnected.class, (ended) -> {
			assertThat(ended.status().reason()).isEqualTo(CloseReason.OVERFLOW);
			assertThat(ended.status().detail())
				.isEqualTo("more was received than inbound.capacity or inbound.bytes allow to wait");
		});
	}

	@Test
	void anExecutorThatRunsWhatItIsGivenAtOnceIsAskedToBeTheClients() {
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec);
		this.fixture.start(server, (spec) -> spec.execution((e) -> e.executor(Runnable::run)));
		Awaitility.await().until(() -> !this.executors.messages().isEmpty());

		assertThat(this.executors.messages().get(0))
			.startsWith("Client 'it': the executor of its handlers runs tasks on the thread that hands them over");
	}

	@Test
	void whatIsHungOnTheFutureOfASendMayWaitForRoomToSend() throws Exception {
		SocketClient client = this.fixture.start(Ports.free(),
				(spec) -> spec.outbound((o) -> o.capacity(1).overflow(OutboundOverflow.BLOCK)));
		client.send("waits for a connection");

		assertFuturesComplete(() -> client.send("waits for room"));
	}

	@Test
	void whatIsHungOnTheFutureOfASendMayWaitToReceive() throws Exception {
		SocketClient client = this.fixture.start(Ports.free(), (spec) -> spec);

		assertFuturesComplete(() -> client.receive(ClientFixture.LIMIT));
	}

	/** Futures of sends complete although something is hung on others that waits. */
	private void assertFuturesComplete(Runnable waiting) throws Exception {
		String large = "x".repeat(8 * 1024 * 1024);
		SocketServer server = this.fixture.servers.lines((line) -> line,
				(spec) -> spec.outbound((o) -> o.bytes(2 * large.length())));
		try (Peer peer = new Peer(server, 16 * 1024)) {
			SocketSession session = ServerFixture.session(server);
			// Until the peer reads nothing is sent, so that nothing runs here.
			session.send(large);
			for (int i = 0; i < 16; i++) {
				session.send("x").thenRun(waiting);
			}
			CompletableFuture<?> last = session.send("y");
			assertThat(last).isNotDone();

			assertThat(peer.line()).hasSameSizeAs(large);

			assertThat(last).succeedsWithin(Duration.ofSeconds(10));
		}
	}

	@Test
	void startsBeforeItsServerAndSurvivesItsRestarts() throws Exception {
		int port = Ports.free();
		SocketClient client = this.fixture.start(port, (spec) -> spec);
		CompletableFuture<Void> early = client.send("early");
		awaitFailures(client, 3);
		assertThat(early).isNotDone();
		assertThat(client.failure()).hasMessageContaining("refused");
		assertThat(this.fixture.events).isEmpty();

		SocketServer second = this.fixture.servers.lines((line) -> "<" + line + ">", (spec) -> spec.port(port));
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("<early>"));
		early.get(10, TimeUnit.SECONDS);
		for (int i = 0; i < 3; i++) {
			second.stop(Duration.ZERO);
			ClientFixture.await(client, ClientState.DISCONNECTED);
			client.send("waits" + i);
			second.start();
			assertThat(ClientFixture.next(client)).isInstanceOf(Received.Disconnected.class);
			assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
			assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("<waits" + i + ">"));
		}
		assertThat(client.failure()).isNull();
		assertThat(client.statistics().connected()).isEqualTo(4);
		assertThat(client.statistics().attempts())
			.isEqualTo(client.statistics().connected() + client.statistics().cancelled()
					+ client.statistics().failed().values().stream().mapToLong(Long::longValue).sum());
	}

	/** When it breaks, a connection has taken some of what it was given at once. */
	@Every.Transport
	void whatAConnectionHasTakenIsNotSentAgain(SocketTransport transport) throws Exception {
		int taken = 10;
		int wait = (int) ClientFixture.LIMIT.toMillis();
		try (ServerSocket server = new ServerSocket()) {
			server.setReceiveBufferSize(8 * 1024);
			server.setSoTimeout(wait);
			server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			SocketClient client = this.fixture.start(server.getLocalPort(),
					(spec) -> spec.transport(transport)
						.outbound((o) -> o.capacity(100))
						.options(new SocketOptions(true, true, null, null, null, null, null, false, null, 8 * 1024)));
			for (int i = 0; i < 100; i++) {
				client.send("%0999d".formatted(i));
			}
			try (Socket first = server.accept()) {
				first.setSoTimeout(wait);
				assertThat(first.getInputStream().readNBytes(taken * 1000)).hasSize(taken * 1000);
				// So that the rest is lost with a reset.
				first.setSoLinger(true, 0);
			}
			try (Socket second = server.accept()) {
				second.setSoTimeout(wait);
				String line = new String(second.getInputStream().readNBytes(999), StandardCharsets.US_ASCII);
				assertThat(Integer.parseInt(line)).isGreaterThanOrEqualTo(taken);
			}
		}
	}

	@Test
	void anOutageIsOneWarningHoweverManyAttemptsFail() throws Exception {
		int port = Ports.free();
		SocketClient client = this.fixture.start(port, (spec) -> spec);
		awaitFailures(client, 3);
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec.port(port));
		ClientFixture.await(client, ClientState.CONNECTED);
		assertThat(client.failure()).isNull();
		server.stop(Duration.ZERO);
		awaitFailures(client, client.statistics().failed().get(ConnectFailure.REFUSED) + 3);

		assertThat(this.clientLines.messages(Level.WARN)).hasSize(2)
			.allMatch((line) -> line.startsWith("'it' cannot connect to 127.0.0.1:" + port + " and goes on trying: "));
	}

	@Test
	void reportsHowTheLastConnectionEndedUntilItIsStartedAgain() throws Exception {
		Instant before = Instant.now();
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(server.getLocalPort(), (spec) -> spec.limits((l) -> l.frame(16)));
			try (Socket first = server.accept()) {
				ClientFixture.await(client, ClientState.CONNECTED);
				assertThat(client.lastClosed()).isNull();
				first.getOutputStream().write("x".repeat(100).getBytes(StandardCharsets.UTF_8));
				try (Socket second = server.accept()) {
					assertThat(second.isConnected()).isTrue();
					assertThat(client.lastClosed()).isNotNull();
					assertThat(client.lastClosed().status().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
					assertThat(client.lastClosed().status().detail()).contains("16");
					assertThat(client.lastClosed().at()).isBetween(before, Instant.now());
				}
			}
			Awaitility.await().until(() -> client.lastClosed().status().reason() == CloseReason.PEER_CLOSED);
			client.stop().get(20, TimeUnit.SECONDS);
			assertThat(client.lastClosed()).isNotNull();
			client.start();
			assertThat(client.lastClosed()).isNull();
		}
	}

	@Test
	void connectionsThatEndAgainAndAgainAreWarnedOfOnce() throws Exception {
		ClientSpec.Reconnect reconnect = new ClientSpec.Reconnect(Duration.ofMillis(1), Duration.ofSeconds(2), 0);
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(server.getLocalPort(), (spec) -> spec.reconnect(reconnect));
			client.send("login");
			for (int i = 0; i < 6; i++) {
				server.accept().close();
			}
			try (Socket last = server.accept()) {
				Awaitility.await()
					.untilAsserted(() -> assertThat(this.clientLines.messages(Level.INFO)).hasSize(6)
						.last()
						.asString()
						.startsWith("'it' is connected to 127.0.0.1:"));
				assertThat(this.clientLines.messages(Level.WARN)).singleElement()
					.asString()
					.startsWith("'it' has connected to 127.0.0.1:" + server.getLocalPort()
							+ " 3 times in a row, and each connection ended soon, before a message was received: PEER_");
				last.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
				assertThat(ClientFixture.next(client)).isNotNull();
			}
			try (Socket good = server.accept()) {
				assertThat(good.isConnected()).isTrue();
				Awaitility.await().untilAsserted(() -> assertThat(this.clientLines.messages(Level.INFO)).hasSize(8));
			}
		}
	}

	private static void awaitFailures(SocketClient client, long count) {
		Awaitility.await().until(() -> client.statistics().failed().getOrDefault(ConnectFailure.REFUSED, 0L) >= count);
	}

	@Test
	void handlerSeesEachConnectionAsASession() {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec);
		SessionHandler handler = new SessionHandler() {

			@Override
			public void opened(SocketSession session) {
				seen.add("opened " + session.id() + " of " + session.server());
				session.send("hello");
			}

			@Override
			public Object received(Object payload, SocketSession session) {
				seen.add("received " + payload);
				return payload.equals("hello") ? "reply" : null;
			}

			@Override
			public void closed(SocketSession session, CloseStatus status) {
				seen.add("closed " + status.reason());
			}

		};
		SocketClient client = this.fixture.start(server, (spec) -> spec.handler(new ServerHandler.Messages("handler",
				PayloadConverter.text(StandardCharsets.UTF_8), false, (session) -> handler)));
		Awaitility.await().until(() -> seen.size() == 3);
		assertThatIllegalStateException().isThrownBy(() -> client.receive(Duration.ZERO))
			.withMessageContaining("has a handler");
		assertThat(client.reconnect()).isTrue();
		Awaitility.await().until(() -> seen.size() == 7);
		client.stop().join();

		assertThat(seen).containsExactly("opened it-1 of it", "received hello", "received reply",
				"closed OPERATOR_CLOSED", "opened it-2 of it", "received hello", "received reply",
				"closed SERVER_STOPPED");
		assertThat(client.state()).isEqualTo(ClientState.STOPPED);
		client.start();
		Awaitility.await().until(() -> seen.size() == 11);
	}

	/** Who has to log in does so on each connection, before anything else. */
	@Test
	void whatTheHandlerSendsFirstIsFirst() {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = collecting(seen);
		SocketClient client = this.fixture.start(server, (spec) -> spec.handler(loggingIn((session) -> {
			session.send("login");
		})));
		Awaitility.await().until(() -> seen.contains("login"));
		for (int i = 1; i < 20; i++) {
			client.disconnect();
			ClientFixture.await(client, ClientState.DISCONNECTED);
			client.send("a" + i);
			client.send("b" + i);
			client.reconnect();
			int count = 1 + 3 * i;
			Awaitility.await().until(() -> seen.size() == count);
			assertThat(seen.subList(count - 3, count)).containsExactly("login", "a" + i, "b" + i);
		}
	}

	/** Nor does who is still busy with the connection before, and sends now. */
	@Test
	void whatTheHandlerOfTheConnectionBeforeSendsIsNotFirst() {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = collecting(seen);
		AtomicBoolean over = new AtomicBoolean();
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.handler(loggingIn((session) -> session.send("login"), () -> {
					if (over.get()) {
						return;
					}
					SocketClient own = client();
					long before = own.statistics().connected();
					own.reconnect();
					Awaitility.await()
						.atMost(ClientFixture.LIMIT)
						.until(() -> own.statistics().connected() > before && own.state() == ClientState.CONNECTED);
					own.send("late");
				})));
		Awaitility.await().until(() -> seen.contains("login"));
		for (int i = 1; i < 10; i++) {
			client.disconnect();
			int count = 1 + 2 * i;
			Awaitility.await().atMost(ClientFixture.LIMIT).until(() -> seen.size() == count);
			assertThat(seen.subList(count - 2, count)).containsExactly("login", "late");
		}
		over.set(true);
	}

	/** Without the login nothing else may leave. */
	@Every.Mode
	void whatWaitsDoesNotLeaveOnAConnectionWhoseHandlerFailsBeforeItsLogin(ExecutionMode mode) throws Exception {
		try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			listening.setSoTimeout(20_000);
			SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
				.port(listening.getLocalPort())
				.reconnect(ClientFixture.SOON)
				.execution((e) -> e.mode(mode))
				.handler(loggingIn((session) -> {
					if (session.id().equals("it-1")) {
						throw new IllegalStateException("there is no login yet");
					}
					session.send("login");
				}))
				.build());
			this.fixture.clients.expectStart("it");
			CompletableFuture<Void> sent = client.send("record");
			client.start();
			try (Socket first = listening.accept()) {
				first.setSoTimeout(20_000);
				assertThat(first.getInputStream().readAllBytes()).asString(StandardCharsets.UTF_8).isEmpty();
			}
			try (Socket second = listening.accept()) {
				second.setSoTimeout(20_000);
				String both = "login\nrecord\n";
				assertThat(second.getInputStream().readNBytes(both.length())).asString(StandardCharsets.UTF_8)
					.isEqualTo(both);
			}
			assertThat(sent).succeedsWithin(ClientFixture.LIMIT);
			assertThat(client.statistics().closed()).containsEntry(CloseReason.HANDLER_ERROR, 1L);
		}
	}

	/** What it answers, at once or later, is first, as what it sends is. */
	@Every.Mode
	void whatWaitsLeavesAfterTheAnswerToAFailureBeforeTheLogin(ExecutionMode mode) {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = collecting(seen);
		SessionHandler answering = new SessionHandler() {

			@Override
			public void opened(SocketSession session) {
				throw new IllegalStateException("there is no login yet");
			}

			@Override
			public Object received(Object payload, SocketSession session) {
				throw new AssertionError("The server sends nothing");
			}

			@Override
			public Object failed(Exception failure, SocketSession session) {
				return CompletableFuture.supplyAsync(() -> "guest");
			}

		};
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.execution((e) -> e.mode(mode))
					.handler(new ServerHandler.Messages("handler", PayloadConverter.text(StandardCharsets.UTF_8), false,
							(made) -> answering)));
		Awaitility.await().until(() -> seen.contains("guest"));
		for (int i = 1; i < 10; i++) {
			client.disconnect();
			ClientFixture.await(client, ClientState.DISCONNECTED);
			client.send("record");
			client.reconnect();
			int count = 1 + 2 * i;
			Awaitility.await().atMost(ClientFixture.LIMIT).until(() -> seen.size() == count);
			assertThat(seen.subList(count - 2, count)).containsExactly("guest", "record");
		}
		assertThat(client.statistics().closed()).doesNotContainKey(CloseReason.HANDLER_ERROR);
	}

	@Test
	void handlerThatSendsWithTheClientFirstDoesNotWaitForItself() {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = collecting(seen);
		SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
			.port(ClientFixture.address(server).getPort())
			.reconnect(ClientFixture.SOON)
			.outbound((o) -> o.capacity(1))
			.handler(loggingIn((session) -> client().send("login").join()))
			.build());
		client.start();
		client.send("waits");
		Awaitility.await().until(() -> seen.contains("waits") && seen.contains("login"));
	}

	/** For handlers, which are there before it. */
	private SocketClient client() {
		return this.fixture.clients.client("it").orElseThrow();
	}

	/** Answers nothing. */
	private SocketServer collecting(List<String> seen) {
		return this.fixture.servers.lines((line) -> {
			seen.add(line);
			return null;
		}, (spec) -> spec);
	}

	private static ServerHandler loggingIn(Consumer<SocketSession> login) {
		return loggingIn(login, () -> {
		});
	}

	private static ServerHandler loggingIn(Consumer<SocketSession> login, Runnable closed) {
		return new ServerHandler.Messages("handler", PayloadConverter.text(StandardCharsets.UTF_8), false,
				(spec) -> new SessionHandler() {

					@Override
					public void opened(SocketSession session) {
						login.accept(session);
					}

					@Override
					public Object received(Object payload, SocketSession session) {
						throw new AssertionError("The server sends nothing");
					}

					@Override
					public void closed(SocketSession session, CloseStatus status) {
						closed.run();
					}

				});
	}

	@Test
	void suspendedClientConnectsWhenItIsAsked() {
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec);
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		ClientFixture.await(client, ClientState.CONNECTED);

		assertThat(client.disconnect()).isTrue();
		assertThat(client.disconnect()).isFalse();
		ClientFixture.await(client, ClientState.DISCONNECTED);
		assertThat(client.suspended()).isTrue();
		CompletableFuture<Void> waits = client.send("waits");
		Awaitility.await().during(Duration.ofMillis(300)).until(() -> client.statistics().attempts() == 1);
		assertThat(waits).isNotDone();

		assertThat(client.reconnect()).isTrue();
		waits.join();
		assertThat(client.statistics().attempts()).isEqualTo(2);
	}

	@ParameterizedTest
	@CsvSource({ "DROP_OLDEST,bc", "DROP_NEWEST,ab", "FAIL,ab", "CLOSE,ab" })
	void whatDoesNotFitIntoAnOutageFollowsThePolicy(OutboundOverflow overflow, String arrives) {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = collecting(seen);
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.outbound((o) -> o.capacity(2).overflow(overflow)));
		ClientFixture.await(client, ClientState.CONNECTED);
		client.disconnect();
		ClientFixture.await(client, ClientState.DISCONNECTED);
		List<CompletableFuture<Void>> sent = Stream.of("a", "b", "c").map(client::send).toList();
		CompletableFuture<Void> lost = sent.get((overflow == OutboundOverflow.DROP_OLDEST) ? 0 : 2);
		assertThat(lost).failsWithin(ClientFixture.LIMIT)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(OutboundFullException.class);
		client.reconnect();
		Awaitility.await().until(() -> client.statistics().delivered() == 2);
		client.send("end");
		Awaitility.await().until(() -> seen.contains("end"));
		assertThat(String.join("", seen)).isEqualTo(arrives + "end");
	}

	/** An attempt that was given up is still there for a moment. */
	@Test
	void reconnectsAtOnceAlsoRightAfterADisconnect() throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
			TlsBundle bundle = Certificates.TRUSTED.bundle("localhost");
			SocketClient client = this.fixture.start(silent.getLocalPort(),
					(spec) -> spec.tls(new ClientSpec.Tls(bundle, null))
						.connectTimeout(Duration.ofMinutes(1))
						.reconnect(new ClientSpec.Reconnect(Duration.ofHours(1), Duration.ofHours(1), 0)));
			for (int i = 1; i <= 50; i++) {
				int attempts = i;
				Awaitility.await().until(() -> client.statistics().attempts() == attempts);
				assertThat(client.disconnect()).isTrue();
				assertThat(client.reconnect()).isTrue();
			}
			Awaitility.await().until(() -> client.statistics().attempts() == 51);
		}
	}

	@Test
	void asksInOrder() throws Exception {
		SocketServer server = this.fixture.servers.lines((line) -> line.equals("never") ? null : "<" + line + ">",
				(spec) -> spec);
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);

		CompletableFuture<Object> one = client.ask("one", Duration.ofSeconds(10));
		CompletableFuture<Object> two = client.ask("two", Duration.ofSeconds(10));
		assertThat(one.get(10, TimeUnit.SECONDS)).isEqualTo("<one>");
		assertThat(two.get(10, TimeUnit.SECONDS)).isEqualTo("<two>");
		client.send("told");
		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("<told>"));

		assertThat(client.ask("never", Duration.ofMillis(50))).failsWithin(Duration.ofSeconds(10))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(TimeoutException.class);
		// What is received next is taken for the reply that has not arrived.
		CompletableFuture<Object> shifted = client.ask("a", Duration.ofSeconds(10));
		CompletableFuture<Object> next = client.ask("b", Duration.ofSeconds(10));
		assertThat(shifted.get(10, TimeUnit.SECONDS)).isEqualTo("<b>");
		assertThat(client.statistics().repliesDropped()).isEqualTo(1);
		client.reconnect();
		assertThat(next).failsWithin(Duration.ofSeconds(10))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(SessionClosedException.class);
		assertThat(client.ask("fresh", Duration.ofSeconds(10)).get(10, TimeUnit.SECONDS)).isEqualTo("<fresh>");
	}

	@Test
	void aCorrelatorOfAnotherTypeIsNamed() throws Exception {
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec);
		SocketClient client = this.fixture.start(server, (spec) -> spec.correlator((payload) -> ((byte[]) payload)[0]));

		assertThatIllegalArgumentException().isThrownBy(() -> client.ask("text", Duration.ofSeconds(10)))
			.withMessage("The correlator cannot be called with a java.lang.String: it is called with each request, "
					+ "and with each payload that is received, whose type depends on the handler and on the "
					+ "property 'payload'")
			.withCauseInstanceOf(ClassCastException.class);
		CompletableFuture<Object> bytes = client.ask("bytes".getBytes(StandardCharsets.UTF_8), Duration.ofSeconds(10));
		assertThat(bytes).failsWithin(Duration.ofSeconds(20));
	}

	@Test
	void aKeyThatEqualsOnlyItselfIsRefused() throws Exception {
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec);
		SocketClient client = this.fixture.start(server, (spec) -> spec
			.correlator((payload) -> payload.toString().substring(0, 2).getBytes(StandardCharsets.UTF_8)));

		assertThatIllegalArgumentException().isThrownBy(() -> client.ask("17 tea", Duration.ofSeconds(10)))
			.withMessage("The correlator of client 'it' makes arrays of type byte[] as keys, of which no two are "
					+ "equal: make it text, a number or a ByteBuffer of them");
	}

	@Test
	void asksByKey() throws Exception {
		List<SocketSession> sessions = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.servers.lines((line) -> null, (spec) -> spec);
		SocketClient client = this.fixture.start(server, (spec) -> spec
			.correlator((payload) -> payload.toString().contains(":") ? payload.toString().split(":")[0] : null));
		ClientFixture.next(client);
		Awaitility.await().until(() -> !this.fixture.servers.opened.isEmpty());
		SocketSession session = this.fixture.servers.opened.get(0);
		sessions.add(session);

		CompletableFuture<Object> one = client.ask("1:?", Duration.ofSeconds(10));
		CompletableFuture<Object> two = client.ask("2:?", Duration.ofSeconds(10));
		assertThatIllegalArgumentException().isThrownBy(() -> client.ask("1:again", Duration.ofSeconds(1)))
			.withMessageContaining("same key");
		assertThatIllegalArgumentException().isThrownBy(() -> client.ask("none", Duration.ofSeconds(1)))
			.withMessageContaining("no key");
		session.send("2:b");
		session.send("9:unknown");
		session.send("news");
		session.send("1:a");
		assertThat(one.get(10, TimeUnit.SECONDS)).isEqualTo("1:a");
		assertThat(two.get(10, TimeUnit.SECONDS)).isEqualTo("2:b");
		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("news"));
		assertThat(client.statistics().repliesDropped()).isEqualTo(1);
	}

	@Test
	void heartbeatsKeepAConnectionAndFindADeadPeer() throws Exception {
		// So long that a busy machine does not make a peer look dead.
		Heartbeat patient = new Heartbeat(Duration.ofMillis(50), Duration.ofSeconds(15));
		SocketServer server = this.fixture.servers.start(
				ServerHandler.function("frames", PayloadConverter.text(StandardCharsets.UTF_8), (text) -> text),
				(spec) -> spec.framing(Framing.lengthField().build())
					.heartbeat(patient)
					.timeouts((t) -> t.idle(Duration.ofSeconds(2))));
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.framing(Framing.lengthField().build()).heartbeat(patient));
		ClientFixture.await(client, ClientState.CONNECTED);
		Awaitility.await()
			.during(Duration.ofMillis(2_500))
			.atMost(ClientFixture.LIMIT)
			.until(() -> client.statistics().connected() == 1 && client.state() == ClientState.CONNECTED);
		assertThat(client.statistics().messagesReceived()).isZero();
		assertThatIllegalArgumentException().isThrownBy(() -> client.send(""));

		try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
			SocketClient lonely = this.fixture.clients.register(ClientSpec.builder("lonely")
				.port(silent.getLocalPort())
				.reconnect(ClientFixture.SOON)
				.framing(Framing.lengthField().build())
				.heartbeat(Heartbeat.of(Duration.ofMillis(50)))
				.build());
			lonely.start();
			Awaitility.await()
				.until(() -> lonely.statistics().closed().getOrDefault(CloseReason.HEARTBEAT_TIMEOUT, 0L) >= 2);
		}
	}

	@Test
	void unknownHostIsAFailedAttempt() {
		SocketClient client = this.fixture.start(1, (spec) -> spec.host("nobody.invalid"));
		Awaitility.await()
			.atMost(ClientFixture.LIMIT)
			.until(() -> client.statistics().failed().getOrDefault(ConnectFailure.UNKNOWN_HOST, 0L) >= 2
					|| client.statistics().failed().getOrDefault(ConnectFailure.TIMEOUT, 0L) >= 2);
	}

	/** Whose system answers no more connects, since there are too many unaccepted. */
	@Every.Transport
	void serverThatDoesNotAnswerCostsEachAttemptItsTimeAndNoMore(SocketTransport transport) throws Exception {
		List<Socket> before = new ArrayList<>();
		try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			fill(busy, before);
			SocketClient client = this.fixture.start(busy.getLocalPort(),
					(spec) -> spec.transport(transport).connectTimeout(Duration.ofMillis(200)));
			Awaitility.await()
				.atMost(ClientFixture.LIMIT)
				.until(() -> client.statistics().failed().getOrDefault(ConnectFailure.TIMEOUT, 0L) >= 3);
			assertThat(client.statistics().failed()).containsOnlyKeys(ConnectFailure.TIMEOUT);
			assertThat(client.failure()).isInstanceOf(ConnectTimeoutException.class);
			assertThat(this.fixture.events).isEmpty();

			busy.setSoTimeout(100);
			Awaitility.await().atMost(ClientFixture.LIMIT).ignoreExceptions().until(() -> {
				if (client.state() != ClientState.CONNECTED) {
					before.add(busy.accept());
				}
				return client.state() == ClientState.CONNECTED;
			});
			Awaitility.await().untilAsserted(() -> assertThat(this.fixture.events).containsExactly("connected"));
		}
		finally {
			for (Socket socket : before) {
				socket.close();
			}
		}
	}

	@Every.Transport
	void attemptThatIsNotWantedAnyMoreConnectsToNobody(SocketTransport transport) throws Exception {
		// Keeps the event loops, with which every connection would end.
		this.fixture.servers.lines((line) -> line, (spec) -> spec.transport(transport));
		List<Socket> before = new ArrayList<>();
		try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			fill(busy, before);
			SocketClient client = this.fixture.start(busy.getLocalPort(),
					(spec) -> spec.transport(transport).connectTimeout(Duration.ofMinutes(1)));
			Awaitility.await().until(() -> client.statistics().attempts() == 1);
			client.close();
			client.closed().get(10, TimeUnit.SECONDS);
			assertThat(client.statistics().cancelled()).isEqualTo(1);

			int waiting = before.size();
			busy.setSoTimeout(20_000);
			for (int i = 0; i < waiting; i++) {
				before.add(busy.accept());
			}
			// An attempt that were still there would ask again after a second.
			busy.setSoTimeout(2_500);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(busy::accept);
			assertThat(this.fixture.events).containsExactly("closed");
		}
		finally {
			for (Socket socket : before) {
				socket.close();
			}
		}
	}

	/** Connects until no connect is answered any more. */
	private static void fill(ServerSocket server, List<Socket> sockets) throws IOException {
		for (int i = 0; i < 100; i++) {
			Socket socket = new Socket();
			try {
				socket.connect(server.getLocalSocketAddress(), 300);
			}
			catch (SocketTimeoutException ex) {
				socket.close();
				return;
			}
			sockets.add(socket);
		}
		throw new IllegalStateException("This system answers whoever asks");
	}

	@Test
	void closesAtOnceWhileNotConnected() throws Exception {
		SocketClient client = this.fixture.start(Ports.free(), (spec) -> spec);
		CompletableFuture<Void> waits = client.send("waits");
		client.close();
		client.closed().get(10, TimeUnit.SECONDS);

		assertThat(waits).failsWithin(Duration.ofSeconds(10))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(ClientClosedException.class);
		assertThat(this.fixture.events).containsExactly("closed");
		assertThat(client.statistics().undelivered()).isEqualTo(1);
	}

}
