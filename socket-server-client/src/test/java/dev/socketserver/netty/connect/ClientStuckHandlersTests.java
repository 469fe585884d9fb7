package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import dev.socketserver.OutboundFullException;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SocketServer;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.TestHandler;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.connect.Reconnect;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients whose handlers do not return, or wait for what the client does.
 */
@Tag("virtual-threads")
class ClientStuckHandlersTests {

	private static final Duration SHORT = Duration.ofMillis(200);

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	/** One that listens on the same port again when it is started again. */
	private SocketServer echoAgain() {
		int port = Ports.free();
		return this.fixture.servers.lines((line) -> line, (spec) -> spec.port(port));
	}

	/** Starts a client whose handler does something first, and then sticks. */
	private SocketClient stuckAtOnce(SocketServer server, ExecutionMode mode, Runnable first) throws Exception {
		CountDownLatch stuck = new CountDownLatch(1);
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.execution((e) -> e.mode(mode))
					.drainTimeout(SHORT)
					.handler(ServerFixture.messages(TestHandler.quiet().opened((session) -> {
						first.run();
						stuck.countDown();
						this.fixture.stick();
					}))));
		Patience.await(stuck);
		return client;
	}

	@Every.Mode
	void handlerSeesItsClientConnected(ExecutionMode mode) {
		SocketServer server = this.fixture.echo();
		List<String> seen = new CopyOnWriteArrayList<>();
		for (int i = 0; i < 20; i++) {
			this.fixture.start(server, (spec) -> spec.execution((e) -> e.mode(mode))
				.handler(ServerFixture.messages(TestHandler.quiet().opened((session) -> {
					SocketClient client = this.fixture.client();
					seen.add(
							client.state() + " " + client.session().isPresent() + " " + (client.connectedAt() != null));
				}))));
			int number = i + 1;
			Awaitility.await().atMost(Patience.limit()).until(() -> seen.size() == number);
			this.fixture.clients.remove("it");
		}
		assertThat(seen).allMatch("CONNECTED true true"::equals);
	}

	@Every.Mode
	void stopWaitsForAStuckHandlerNoLongerThanItMust(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.echo();
		SocketClient client = stuckAtOnce(server, mode, () -> {
		});
		ClientFixture.await(client, ClientState.CONNECTED);
		CompletableFuture<Void> waits = client.send("x".repeat(8_000));
		Patience.await(client.stop());
		assertThat(client.state()).isEqualTo(ClientState.STOPPED);
		assertThat(waits).satisfiesAnyOf((future) -> assertThat(future).succeedsWithin(Patience.limit()),
				(future) -> assertThat(future).failsWithin(Patience.limit()));
		// A stop waits for listeners, but not for a late thread.
		Patience.within(() -> assertThat(this.fixture.events).hasSize(3).startsWith("connected").endsWith("closed"));
		assertThat(client.statistics().pending()).isZero();
	}

	/** No reply comes any more, whether or not the handler returns. */
	@Every.Mode
	void requestsFailWhereAStopLeavesAStuckHandlerBehind(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.servers.lines((line) -> "push", (spec) -> spec);
		CountDownLatch stuck = new CountDownLatch(1);
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.execution((e) -> e.mode(mode))
					.drainTimeout(SHORT)
					.correlator((payload) -> payload.equals("push") ? null : payload)
					.handler(ServerFixture.messages((payload, session) -> {
						stuck.countDown();
						this.fixture.stick();
						return null;
					})));
		CompletableFuture<Object> asked = client.ask("a", Duration.ofHours(1));
		Patience.await(stuck);
		Awaitility.await().atMost(Patience.limit()).until(() -> client.statistics().delivered() == 1);
		Patience.await(client.stop());
		assertThat(asked).failsWithin(Patience.limit())
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(SessionClosedException.class);
		assertThat(client.statistics().pendingReplies()).isZero();
		// Its key is free again.
		assertThat(client.ask("a", Patience.limit())).failsWithin(Patience.limit())
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(ClientClosedException.class);
	}

	/** Each connection that was made after it has some. */
	@Every.OffLoopMode
	void requestsOfAllConnectionsFailWhereAStopLeavesAStuckHandlerBehind(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.servers.lines((line) -> null, (spec) -> spec);
		SocketClient client = stuckAtOnce(server, mode, () -> this.fixture.client().ask("1", Duration.ofHours(1)));
		List<CompletableFuture<Object>> asked = new ArrayList<>();
		for (int i = 2; i <= 4; i++) {
			client.reconnect();
			asked.add(client.ask("" + i, Duration.ofHours(1)));
			int delivered = i;
			Awaitility.await().atMost(Patience.limit()).until(() -> client.statistics().delivered() == delivered);
		}
		Patience.await(client.stop());
		assertThat(asked).allSatisfy((each) -> assertThat(each).failsWithin(Patience.limit())
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(SessionClosedException.class));
	}

	/** What each of them has received waits for that handler, and costs memory. */
	@Every.OffLoopMode
	void noMoreThanSomeConnectionsAreLostAfterAStuckHandler(ExecutionMode mode) throws Exception {
		AtomicInteger closed = new AtomicInteger();
		try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			Thread closing = new Thread(() -> {
				try {
					while (true) {
						// By a reset: an end would wait for the handler, too.
						Socket socket = server.accept();
						socket.setSoLinger(true, 0);
						socket.close();
					}
				}
				catch (IOException ex) {
					// The test has ended.
				}
			});
			closing.setDaemon(true);
			closing.start();
			Reconnect soon = new Reconnect(Duration.ofMillis(1), Duration.ofMillis(2), 0);
			SocketClient client = this.fixture.start(server.getLocalPort(),
					(spec) -> spec.execution((e) -> e.mode(mode))
						.reconnect(soon)
						.drainTimeout(SHORT)
						.handler(ServerFixture.messages(TestHandler.quiet().opened((session) -> {
							this.fixture.stick();
						}).closed((session, status) -> {
							closed.incrementAndGet();
						}))));
			Awaitility.await().atMost(Patience.limit()).until(() -> client.statistics().connected() >= 20);
			// With that it waits until handlers return.
			Awaitility.await()
				.atMost(Patience.limit())
				.untilAsserted(() -> assertThat(client.failure()).isNotNull().hasMessageContaining("has not returned"));
			assertThat(client.state()).isEqualTo(ClientState.DISCONNECTED);
			assertThat(client.statistics().connected()).isEqualTo(20);
			assertThat(this.fixture.clients.openSessions()).hasSize(20);

			this.fixture.release();
			Awaitility.await().atMost(Patience.limit()).until(() -> closed.get() > 30);
			Patience.await(client.stop());
			assertThat(client.statistics().connected()).isEqualTo(closed.get());
		}
	}

	@Every.OffLoopMode
	void stopDoesNotWaitForAHandlerThatOutlivedItsConnection(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.echo();
		SocketClient client = stuckAtOnce(server, mode, () -> {
		});
		server.stop(Duration.ZERO);
		Awaitility.await().atMost(Patience.limit()).until(() -> !client.statistics().failed().isEmpty());
		Patience.await(client.stop());
		assertThat(client.state()).isEqualTo(ClientState.STOPPED);
	}

	@Every.OffLoopMode
	void nextConnectionWaitsForTheHandlerOfTheLastThoughAttemptsFailBetween(ExecutionMode mode) throws Exception {
		SocketServer server = echoAgain();
		List<String> seen = new CopyOnWriteArrayList<>();
		CountDownLatch stuck = new CountDownLatch(1);
		SocketClient client = this.fixture.start(server, (spec) -> spec.execution((e) -> e.mode(mode))
			.handler(ServerFixture.messages(TestHandler.quiet().opened((session) -> {
				seen.add("opened " + session.id());
				if (session.id().equals("it-1")) {
					stuck.countDown();
					this.fixture.stick();
				}
			}).closed((session, status) -> {
				seen.add("closed " + session.id());
			}))));
		Patience.await(stuck);
		server.stop(Duration.ZERO);
		Awaitility.await().atMost(Patience.limit()).until(() -> !client.statistics().failed().isEmpty());
		server.start();
		Awaitility.await().atMost(Patience.limit()).until(() -> client.statistics().connected() == 2);
		// The connection works, only its handler has to wait.
		Patience.await(client.send("sent"));
		this.fixture.release();
		Awaitility.await().atMost(Patience.limit()).until(() -> seen.size() == 3);
		assertThat(seen).containsExactly("opened it-1", "closed it-1", "opened it-2");
	}

	@Every.OffLoopMode
	void handlerThatWaitsForRoomIsHeldByTheOutageOnly(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.echo();
		AtomicInteger left = new AtomicInteger();
		CountDownLatch go = new CountDownLatch(1);
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.execution((e) -> e.mode(mode))
					.outbound((o) -> o.capacity(1))
					.handler(ServerFixture.messages(TestHandler.quiet().opened((session) -> {
						if (session.id().equals("it-1")) {
							go.await();
							for (int i = 0; i < 3; i++) {
								this.fixture.client().send("m" + i);
								left.incrementAndGet();
							}
						}
					}))));
		ClientFixture.await(client, ClientState.CONNECTED);
		client.disconnect();
		ClientFixture.await(client, ClientState.DISCONNECTED);
		go.countDown();
		Awaitility.await().atMost(Patience.limit()).until(() -> left.get() == 1);
		client.reconnect();
		Awaitility.await().atMost(Patience.limit()).until(() -> left.get() == 3);
		Awaitility.await().atMost(Patience.limit()).until(() -> client.statistics().delivered() == 3);
	}

	@Test
	void handlerOnTheLoopIsRefusedWhereItWouldWait() {
		SocketServer server = this.fixture.echo();
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
					.outbound((o) -> o.capacity(1).overflow(OutboundOverflow.BLOCK))
					.handler(ServerFixture.messages(TestHandler.quiet().closed((session, status) -> {
						for (int i = 0; i < 3; i++) {
							this.fixture.client().send("m").exceptionally((failure) -> {
								failures.add(failure);
								return null;
							});
						}
						try {
							this.fixture.client().ask("a", Duration.ofSeconds(10)).get();
						}
						catch (Exception ex) {
							failures.add(ex);
						}
					}))));
		ClientFixture.await(client, ClientState.CONNECTED);
		client.disconnect();
		Awaitility.await().atMost(Patience.limit()).until(() -> failures.size() >= 3);
		assertThat(failures.get(0)).isInstanceOf(OutboundFullException.class);
	}

	@Test
	void handlerOnTheLoopIsRefusedWhereItWouldWaitToReceive() throws Exception {
		CompletableFuture<String> outcome = new CompletableFuture<>();
		SocketServer server = this.fixture.servers.lines((line) -> {
			try {
				while (this.fixture.client().receive(SHORT) != null) {
					// The connection is first.
				}
				outcome.complete("waited");
			}
			catch (IllegalStateException ex) {
				outcome.complete(ex.getMessage());
			}
			return null;
		}, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)));
		this.fixture.start(server, UnaryOperator.identity()).send("m");
		assertThat(Patience.await(outcome)).contains("'it' has received nothing", "I/O thread");
	}

	@Test
	void handlerOnTheLoopIsRefusedWhereItWouldWaitForAStop() throws Exception {
		CompletableFuture<Object> outcome = new CompletableFuture<>();
		SocketServer server = this.fixture.servers.lines((line) -> {
			try {
				outcome.complete(
						"waited for " + this.fixture.client().stop().get(SHORT.toMillis(), TimeUnit.MILLISECONDS));
			}
			catch (Exception ex) {
				outcome.complete(ex);
			}
			return null;
		}, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)));
		this.fixture.start(server, UnaryOperator.identity()).send("m");
		assertThat(Patience.await(outcome)).isInstanceOf(IllegalStateException.class);
	}

	@Every.OffLoopMode
	void handlerMayWaitForTheReplyToItsOwnClient(ExecutionMode mode) {
		SocketServer server = this.fixture.echo();
		List<Object> outcome = new CopyOnWriteArrayList<>();
		this.fixture.start(server, (spec) -> spec.execution((e) -> e.mode(mode))
			.handler(ServerFixture.messages(TestHandler.quiet().opened((session) -> {
				outcome.add(this.fixture.client().ask("client", Patience.limit()).join());
				outcome.add(session.ask("session", Patience.limit()).join());
				session.send("own",
						(failure) -> outcome.add(this.fixture.client().ask("callback", Patience.limit()).join()));
			}))));
		Awaitility.await()
			.atMost(Patience.limit())
			.untilAsserted(() -> assertThat(outcome).hasSize(3).startsWith("client", "session"));
	}

	@Every.Mode
	void handlerMayWaitForTheReplyToAnotherClientOrOneThatIsThere(ExecutionMode mode) {
		SocketServer server = this.fixture.echo();
		List<Object> outcome = new CopyOnWriteArrayList<>();
		SocketClient other = this.fixture.clients
			.register(ClientSpec.builder("other").port(ClientFixture.address(server).getPort()).build());
		other.start();
		CompletableFuture<Object> there = other.ask("there", Patience.limit());
		assertThat(there).succeedsWithin(Patience.limit());
		this.fixture.start(server, (spec) -> spec.execution((e) -> e.mode(mode))
			.handler(ServerFixture.messages(TestHandler.quiet().opened((session) -> {
				outcome.add(there.join());
				if (mode != ExecutionMode.EVENT_LOOP) {
					outcome.add(other.ask("other", Patience.limit()).join());
				}
				this.fixture.client().ask("own", Patience.limit()).thenAccept(outcome::add);
			}))));
		Awaitility.await().atMost(Patience.limit()).until(() -> outcome.contains("own"));
		assertThat(outcome).contains("there").hasSize((mode != ExecutionMode.EVENT_LOOP) ? 3 : 2);
	}

}
