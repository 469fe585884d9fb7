package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Ready;
import dev.socketserver.client.Received;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClient.ConnectionState;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.TestHandler;
import dev.socketserver.operator.AttemptOutcome;
import dev.socketserver.payload.PayloadConverter;
import io.netty.channel.Channel;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Addresses that are tried while others serve, and earlier ones that take over.
 */
@Tag("virtual-threads")
class ClientFailBackTests {

	/** Is over in no test. */
	private static final Duration LONG = Duration.ofHours(1);

	private static final Duration SHORT = Duration.ofMillis(300);

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	/** What the first server has got, in order. */
	private final List<String> first = new CopyOnWriteArrayList<>();

	private final List<String> second = new CopyOnWriteArrayList<>();

	/** Starts a client of a port at which nobody listens yet, and of a server. */
	private SocketClient start(int dead, SocketServer server, @Nullable Duration failBack,
			UnaryOperator<ClientSpec.Builder> spec) {
		SocketClient client = this.fixture.clients.register(spec.apply(ClientSpec.builder("it")
			.reconnect(ClientFixture.SOON)
			.failOver((block) -> block
				.addresses(List.of(ServerAddress.of("127.0.0.1", dead), ServerAddress.of("127.0.0.1", port(server))))
				.failBack(failBack)))
			.build());
		client.start();
		awaitConnected(client, port(server));
		return client;
	}

	private static int port(SocketServer server) {
		return ClientFixture.address(server).getPort();
	}

	private SocketServer echo(List<String> seen, int port) {
		ServerHandler handler = ServerHandler.function("lines", PayloadConverter.text(StandardCharsets.UTF_8),
				(line) -> {
					seen.add(line);
					return line;
				});
		SocketServer server = this.fixture.servers.servers
			.register(ServerSpec.builder((port == 0) ? "second" : "first").port(port).handler(handler).build());
		server.start();
		return server;
	}

	private static void awaitConnected(SocketClient client, int... ports) {
		Awaitility.await().atMost(Patience.limit()).until(() -> {
			List<SocketSession> connections = client.connections();
			boolean all = connections.size() == ports.length;
			for (int i = 0; all && i < ports.length; i++) {
				all = connections.get(i).remoteAddress().getPort() == ports[i];
			}
			return all;
		});
	}

	private static ServerSocket listen(int port) throws IOException {
		ServerSocket listening = new ServerSocket();
		listening.setReuseAddress(true);
		listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
		return listening;
	}

	private static void awaitAvailable(SocketClient client) {
		Awaitility.await()
			.atMost(Patience.limit())
			.until(() -> client.addresses().stream().allMatch(AddressStatus::available));
	}

	@Test
	void earlierAddressTakesOverAndNoRequestFails() {
		int dead = Ports.free();
		SocketServer server = echo(this.second, 0);
		SocketClient client = start(dead, server, SHORT, (spec) -> spec);
		SocketSession old = client.session().orElseThrow();
		long begun = System.nanoTime();
		SocketServer back = echo(this.first, dead);
		List<CompletableFuture<Object>> replies = new ArrayList<>();
		Awaitility.await().atMost(Patience.limit()).until(() -> {
			replies.add(client.ask("request " + replies.size(), LONG));
			return this.first.size() > 3;
		});
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(SHORT);
		for (int i = 0; i < replies.size(); i++) {
			assertThat(replies.get(i)).succeedsWithin(Patience.limit()).isEqualTo("request " + i);
		}
		Awaitility.await().atMost(Patience.limit()).until(() -> old.info().closed() != null);
		assertThat(old.info().closed().reason()).isEqualTo(CloseReason.ROTATED);
		assertThat(old.info().closed().detail()).isEqualTo("FAIL_BACK");
		awaitConnected(client, dead);
		this.fixture.awaitEvents("connected");
		// It is the connection that was probed.
		assertThat(back.statistics().accepted()).isOne();
		assertThat(client.statistics().connected()).isEqualTo(2);
		// How it ends is settled before it has ended.
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(client.addresses()).extracting(AddressStatus::connections).containsExactly(1, 0));
	}

	@Test
	void anAddressIsProbedByAConnectionThatCarriesNothing() throws Exception {
		int dead = Ports.free();
		SocketClient client = start(dead, echo(this.second, 0), null, (spec) -> spec);
		try (ServerSocket listening = listen(dead); Socket probe = listening.accept()) {
			assertThat(probe.getInputStream().read()).isEqualTo(-1);
			awaitAvailable(client);
			assertThat(client.ask("hello", LONG)).succeedsWithin(Patience.limit()).isEqualTo("hello");
			assertThat(this.second).containsExactly("hello");
			assertThat(client.connections()).hasSize(1);
			this.fixture.awaitEvents("connected");
		}
	}

	@Test
	void connectionThatIsKeptIsUsedWhenTheOtherIsLost() throws Exception {
		int dead = Ports.free();
		SocketServer server = echo(this.second, 0);
		SocketClient client = start(dead, server, LONG, (spec) -> spec);
		SocketServer back = echo(this.first, dead);
		awaitAvailable(client);
		Awaitility.await().atMost(Patience.limit()).until(() -> client.connections(ConnectionState.CONNECTING) == 1);
		server.stop();
		assertThat(client.ask("hello", LONG)).succeedsWithin(Patience.limit()).isEqualTo("hello");
		assertThat(this.first).containsExactly("hello");
		assertThat(back.statistics().accepted()).isOne();
	}

	/**
	 * To a handler connections come one after the other, whatever was connected first.
	 */
	@Test
	void handlerIsNotifiedOfTheEndBeforeAConnectionThatWasKept() {
		List<String> calls = new CopyOnWriteArrayList<>();
		SessionHandler handler = TestHandler.quiet().opened((session) -> {
			calls.add("opened " + session.id());
		}).closed((session, status) -> {
			calls.add("closing");
			this.fixture.stick();
			calls.add("closed " + session.id());
		});
		int dead = Ports.free();
		SocketServer server = echo(this.second, 0);
		SocketClient client = start(dead, server, LONG,
				(spec) -> spec.handler(ServerFixture.messages("slow", handler)));
		echo(this.first, dead);
		awaitAvailable(client);
		server.stop();
		Awaitility.await().atMost(Patience.limit()).until(() -> calls.contains("closing"));
		awaitConnected(client, dead);
		assertThat(calls).containsExactly("opened it-1", "closing");
		this.fixture.release();
		Awaitility.await().atMost(Patience.limit()).until(() -> calls.size() == 4);
		assertThat(calls).containsExactly("opened it-1", "closing", "closed it-1", "opened it-2");
	}

	/**
	 * Where all stands still, it may keep one for a while: {@code FailBackTests} has the
	 * times.
	 */
	@Test
	void anAddressThatEndsConnectionsDoesNotTakeOver() throws Exception {
		int dead = Ports.free();
		SocketServer server = echo(this.second, 0);
		SocketClient client = start(dead, server, LONG, (spec) -> spec);
		try (ServerSocket listening = listen(dead)) {
			ClientFixture.closeAtOnce(listening);
			// The next attempt makes it available again for a moment.
			Awaitility.await().atMost(Patience.limit()).until(() -> {
				AddressStatus status = client.addresses().get(0);
				return status.failures() >= 5 && status.failure() != null
						&& status.failure().endsWith("before a message was received: PEER_CLOSED");
			});
			assertThat(client.statistics().closed()).isEmpty();
			assertThat(client.session().orElseThrow().remoteAddress().getPort()).isEqualTo(port(server));
			assertThat(client.failure()).isNull();
		}
	}

	/** Servers that speak first are read from when their connection is in use. */
	@Test
	void whatTheServerSaysFirstIsReceivedWhenItTakesOver() throws Exception {
		int dead = Ports.free();
		SocketClient client = start(dead, echo(this.second, 0), SHORT, (spec) -> spec);
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
		try (ServerSocket listening = listen(dead); Socket peer = listening.accept()) {
			peer.getOutputStream().write("welcome\n".getBytes(StandardCharsets.UTF_8));
			awaitConnected(client, dead);
			assertThat(ClientFixture.next(client)).isInstanceOfSatisfying(Received.Payload.class,
					(message) -> assertThat(message.payload()).isEqualTo("welcome"));
			peer.getOutputStream().write("again\n".getBytes(StandardCharsets.UTF_8));
			assertThat(ClientFixture.next(client)).isInstanceOfSatisfying(Received.Payload.class,
					(message) -> assertThat(message.payload()).isEqualTo("again"));
		}
	}

	@Test
	void whatTheServerSaysFirstIsReadNoFurtherThanThereIsRoom() throws Exception {
		List<Channel> channels = new CopyOnWriteArrayList<>();
		this.fixture.servers.customizers.add((pipeline, spec) -> channels.add(pipeline.channel()));
		List<Object> handled = new CopyOnWriteArrayList<>();
		SessionHandler handler = (payload, session) -> {
			handled.add(payload);
			this.fixture.stick();
			return null;
		};
		int dead = Ports.free();
		start(dead, echo(this.second, 0), SHORT,
				(spec) -> spec.handler(ServerFixture.messages(handler)).inbound((inbound) -> inbound.capacity(4)));
		try (ServerSocket listening = listen(dead); Socket peer = listening.accept()) {
			peer.getOutputStream().write("line\n".repeat(1_000).getBytes(StandardCharsets.UTF_8));
			Awaitility.await().until(() -> !handled.isEmpty());
			Channel used = channels.get(channels.size() - 1);
			assertThat(((InetSocketAddress) used.remoteAddress()).getPort()).isEqualTo(dead);
			assertThat(Patience.await(CompletableFuture.supplyAsync(used.config()::isAutoRead, used.eventLoop())))
				.isFalse();
		}
	}

	@Test
	void anAddressThatRefusesTheSignOnDoesNotTakeOver() throws Exception {
		int dead = Ports.free();
		SocketServer server = echo(this.second, 0);
		SessionHandler handler = TestHandler.quiet().opened((session) -> {
			if (session.remoteAddress().getPort() == dead) {
				throw new IllegalStateException("refused");
			}
		});
		SocketClient client = start(dead, server, SHORT,
				(spec) -> spec.handler(ServerFixture.messages("signing-on", handler))
					.pool((pool) -> pool.ready(Ready.OPENED)));
		SocketSession old = client.session().orElseThrow();
		echo(this.first, dead);
		Awaitility.await()
			.atMost(Patience.limit())
			.until(() -> client.statistics().closed().getOrDefault(CloseReason.HANDLER_ERROR, 0L) >= 2);
		assertThat(AttemptOutcome.Counts.of(client.statistics()).attempts(0, AttemptOutcome.NOT_READY))
			.isGreaterThanOrEqualTo(2);
		assertThat(client.send("hello")).succeedsWithin(Patience.limit());
		assertThat(client.session()).containsSame(old);
		assertThat(this.first).isEmpty();
		assertThat(old.info().closed()).isNull();
	}

	/** The fail-back is given up, and what the operator wants is not. */
	@Test
	void rotationByAnOperatorOutlivesAFailBack() {
		int dead = Ports.free();
		List<Integer> opening = new CopyOnWriteArrayList<>();
		ServerHandler handler = ServerFixture.messages(TestHandler.quiet().opened((session) -> {
			opening.add(session.remoteAddress().getPort());
			if (session.remoteAddress().getPort() == dead) {
				this.fixture.stick();
				throw new IllegalStateException("refused");
			}
		}));
		SocketClient client = start(dead, echo(this.second, 0), SHORT,
				(spec) -> spec.handler(handler).pool((pool) -> pool.ready(Ready.OPENED).readyTimeout(LONG)));
		SocketSession old = client.session().orElseThrow();
		echo(this.first, dead);
		Awaitility.await().atMost(Patience.limit()).until(() -> opening.contains(dead));
		CompletableFuture<Void> rotated = client.rotate();
		this.fixture.release();
		assertThat(rotated).succeedsWithin(Patience.limit());
		assertThat(old.info().closed().detail()).isEqualTo("OPERATOR");
		assertThat(client.send("hello")).succeedsWithin(Patience.limit());
	}

	@Test
	void allConnectionsOfAPoolMove() {
		int dead = Ports.free();
		SocketServer server = echo(this.second, 0);
		int port = port(server);
		SocketClient several = this.fixture.clients.register(ClientSpec.builder("several")
			.reconnect(ClientFixture.SOON)
			.failOver((block) -> block
				.addresses(List.of(ServerAddress.of("127.0.0.1", dead), ServerAddress.of("127.0.0.1", port)))
				.failBack(SHORT))
			.pool((pool) -> pool.size(3))
			.build());
		several.start();
		awaitConnected(several, port, port, port);
		echo(this.first, dead);
		awaitConnected(several, dead, dead, dead);
		Awaitility.await()
			.atMost(Patience.limit())
			.until(() -> several.statistics().closed().get(CloseReason.ROTATED),
					(count) -> count != null && count == 3);
		assertThat(several.state()).isEqualTo(ClientState.CONNECTED);
	}

	@Test
	void stopAndDisconnectEndConnectionsThatAreKept() throws Exception {
		int dead = Ports.free();
		SocketClient client = start(dead, echo(this.second, 0), LONG, (spec) -> spec);
		try (ServerSocket listening = listen(dead); Socket kept = listening.accept()) {
			awaitAvailable(client);
			client.disconnect();
			assertThat(kept.getInputStream().read()).isEqualTo(-1);
			ClientFixture.await(client, ClientState.DISCONNECTED);
			Awaitility.await()
				.atMost(Patience.limit())
				.until(() -> client.connections(ConnectionState.CONNECTING) == 0);
		}
		client.reconnect();
		awaitConnected(client, client.addresses().get(1).port());
		try (ServerSocket listening = listen(dead); Socket kept = listening.accept()) {
			awaitAvailable(client);
			assertThat(client.stop()).succeedsWithin(Patience.limit());
			assertThat(kept.getInputStream().read()).isEqualTo(-1);
		}
	}

}
