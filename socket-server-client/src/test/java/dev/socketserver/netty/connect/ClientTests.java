package dev.socketserver.netty.connect;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.socketserver.CloseReason;
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
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.RequestInTime;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.TestHandler;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Clients and servers over real connections.
 */
@Tag("virtual-threads")
class ClientTests {

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@RegisterExtension
	final LogLines executors = new LogLines(LentExecutor.class);

	@Every.Transport
	void sendsAndReceivesByHand(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.servers.lines((line) -> "<" + line + ">", (spec) -> spec);
		SocketClient client = this.fixture.start(server, (spec) -> spec.transport(transport));

		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Connected(ClientFixture.address(server)));
		assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
		assertThat(client.session().orElseThrow().id()).isEqualTo("it-1");
		Patience.await(client.send("one"));
		Patience.await(client.send("two"));
		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("<one>"));
		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("<two>"));
		assertThat(client.receive(Duration.ZERO)).isNull();

		client.close();
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Disconnected.class);
		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Closed());
		Patience.await(client.closed());
		assertThat(client.state()).isEqualTo(ClientState.CLOSED);
		assertThatIllegalStateException().isThrownBy(() -> client.receive(Duration.ZERO))
			.withMessageContaining("'it' is stopped or closed");
		assertThatIllegalStateException().isThrownBy(client::start).withMessage("Client 'it' is closed");
		this.fixture.awaitEvents("connected", "disconnected HANDLER_CLOSED", "closed");
		assertThat(client.send("late")).failsWithin(Patience.limit())
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
		CompletableFuture<Object> asked = client.ask("early", Duration.ofHours(1));
		assertThat(client.state()).isEqualTo(ClientState.STOPPED);
		assertThat(client.statistics().pending()).isEqualTo(1);
		client.start();
		assertThat(Patience.await(asked)).isEqualTo("<early>");

		Patience.await(client.stop());
		this.fixture.clients.expectStart("it");
		CompletableFuture<?> inVain = client.send("in vain");
		Patience.await(client.stop());
		assertThat(inVain).failsWithin(Patience.limit())
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(ClientClosedException.class);
		assertThat(client.send("late")).failsWithin(Patience.limit())
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

		assertFuturesComplete(() -> client.receive(Patience.limit()));
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

			assertThat(last).succeedsWithin(Patience.limit());
		}
	}

	/** When it breaks, a connection has taken some of what it was given at once. */
	@Every.Transport
	void whatAConnectionHasTakenIsNotSentAgain(SocketTransport transport) throws Exception {
		int taken = 10;
		int wait = (int) Patience.limit().toMillis();
		try (ServerSocket server = new ServerSocket()) {
			server.setReceiveBufferSize(8 * 1024);
			server.setSoTimeout(wait);
			server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			SocketClient client = this.fixture.start(server.getLocalPort(),
					(spec) -> spec.transport(transport)
						.outbound((o) -> o.capacity(100))
						.options(SocketOptions.DEFAULT.sendBuffer(8 * 1024)));
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
	void handlerSeesEachConnectionAsASession() {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec);
		SessionHandler handler = TestHandler.of((payload, session) -> {
			seen.add("received " + payload);
			return payload.equals("hello") ? "reply" : null;
		}).opened((session) -> {
			seen.add("opened " + session.id() + " of " + session.server());
			session.send("hello");
		}).closed((session, status) -> {
			seen.add("closed " + status.reason());
		});
		SocketClient client = this.fixture.start(server, (spec) -> spec.handler(ServerFixture.messages(handler)));
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
		SocketClient beside = this.fixture.clients
			.register(ClientSpec.builder("beside").port(Ports.free()).reconnect(ClientFixture.SOON).build());
		beside.start();
		Awaitility.await().until(() -> beside.statistics().failed().getOrDefault(ConnectFailure.REFUSED, 0L) >= 3);
		assertThat(waits).isNotDone();
		assertThat(client.statistics().attempts()).isOne();

		assertThat(client.reconnect()).isTrue();
		waits.join();
		assertThat(client.statistics().attempts()).isEqualTo(2);
	}

	@Test
	void asksInOrder() throws Exception {
		List<String> asked = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.servers.lines((line) -> {
			asked.add(line);
			return line.equals("never") ? null : "<" + line + ">";
		}, (spec) -> spec);
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);

		CompletableFuture<Object> one = client.ask("one", Duration.ofHours(1));
		CompletableFuture<Object> two = client.ask("two", Duration.ofHours(1));
		assertThat(Patience.await(one)).isEqualTo("<one>");
		assertThat(Patience.await(two)).isEqualTo("<two>");
		client.send("told");
		assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("<told>"));

		assertThat(RequestInTime.ask(Duration.ofMillis(50), () -> asked.contains("never"),
				(time) -> client.ask("never", time)))
			.failsWithin(Patience.limit())
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(TimeoutException.class);
		// What is received next is taken for the reply that has not arrived.
		CompletableFuture<Object> shifted = client.ask("a", Patience.limit());
		CompletableFuture<Object> next = client.ask("b", Patience.limit());
		assertThat(Patience.await(shifted)).isEqualTo("<b>");
		assertThat(client.statistics().repliesDropped()).isEqualTo(1);
		client.reconnect();
		assertThat(next).failsWithin(Patience.limit())
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(SessionClosedException.class);
		assertThat(Patience.await(client.ask("fresh", Duration.ofHours(1)))).isEqualTo("<fresh>");
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
		CompletableFuture<Object> bytes = client.ask("bytes".getBytes(StandardCharsets.UTF_8), Duration.ofHours(1));
		assertThat(bytes).failsWithin(Patience.limit());
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

		CompletableFuture<Object> one = client.ask("1:?", Duration.ofHours(1));
		CompletableFuture<Object> two = client.ask("2:?", Duration.ofHours(1));
		assertThatIllegalArgumentException().isThrownBy(() -> client.ask("1:again", Duration.ofSeconds(1)))
			.withMessageContaining("same key");
		assertThatIllegalArgumentException().isThrownBy(() -> client.ask("none", Duration.ofSeconds(1)))
			.withMessageContaining("no key");
		Awaitility.await().until(() -> server.statistics().messagesReceived() == 2);
		session.send("2:b");
		session.send("9:unknown");
		session.send("news");
		session.send("1:a");
		assertThat(Patience.await(one)).isEqualTo("1:a");
		assertThat(Patience.await(two)).isEqualTo("2:b");
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
					.timeouts((t) -> t.idle(Duration.ofSeconds(1))));
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.framing(Framing.lengthField().build()).heartbeat(patient));
		Patience.undisturbed(Duration.ofMillis(500), () -> {
			ClientFixture.await(client, ClientState.CONNECTED);
			long connected = client.statistics().connected();
			long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_300);
			Patience.within(() -> assertThat(System.nanoTime()).isGreaterThan(end));
			assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
			assertThat(client.statistics().connected()).isEqualTo(connected);
		});
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
	void closesAtOnceWhileNotConnected() throws Exception {
		SocketClient client = this.fixture.start(Ports.free(), (spec) -> spec);
		CompletableFuture<Void> waits = client.send("waits");
		client.close();
		Patience.await(client.closed());

		assertThat(waits).failsWithin(Patience.limit())
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(ClientClosedException.class);
		this.fixture.awaitEvents("closed");
		assertThat(client.statistics().undelivered()).isEqualTo(1);
	}

}
