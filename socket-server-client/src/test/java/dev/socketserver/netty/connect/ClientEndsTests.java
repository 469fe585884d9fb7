package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.TestHandler;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Clients whose handlers and listeners do what they should not, in every execution mode:
 * whatever they do, a client reconnects and ends.
 */
@Tag("virtual-threads")
class ClientEndsTests {

	private static final Duration SHORT = Duration.ofMillis(200);

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@Every.Mode
	void clientIsClosedFromItsHandler(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.echo();
		List<Consumer<SocketClient>> ends = List.of(SocketClient::close, SocketClient::stop);
		for (Consumer<SocketClient> end : ends) {
			for (String where : List.of("opened", "received", "closed")) {
				this.fixture.events.clear();
				Consumer<String> at = (here) -> {
					if (here.equals(where)) {
						end.accept(this.fixture.client());
					}
				};
				SocketClient client = this.fixture.start(server, (spec) -> spec.execution((e) -> e.mode(mode))
					.handler(ServerFixture.messages(TestHandler.of((payload, session) -> {
						at.accept("received");
						if (where.equals("closed")) {
							session.close();
						}
						return null;
					}).opened((session) -> {
						session.send("hello");
						at.accept("opened");
					}).closed((session, status) -> at.accept("closed")))));
				Awaitility.await()
					.atMost(Patience.limit())
					.until(() -> client.state() == ClientState.CLOSED || client.state() == ClientState.STOPPED);
				client.close();
				Patience.await(client.closed());
				this.fixture.clients.remove("it");
				Patience.within(() -> assertThat(this.fixture.events).as(where)
					.hasSize(3)
					.startsWith("connected")
					.endsWith("closed"));
			}
		}
	}

	@Test
	void requestWaitsForRoomNoLongerThanForItsReply() throws Exception {
		SocketClient client = this.fixture.start(1, (spec) -> spec.outbound((o) -> o.capacity(1)));
		client.send("fills");
		CompletableFuture<Object> reply = CompletableFuture.supplyAsync(() -> client.ask("a", SHORT))
			.thenCompose((asked) -> asked);
		assertThat(reply).failsWithin(Patience.limit())
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(TimeoutException.class);
		assertThat(client.statistics().pending()).isEqualTo(1);
	}

	@Test
	void requestMayHaveTheKeyOfTheOneWhoseReplyHasJustCome() throws Exception {
		SocketServer server = this.fixture.echo();
		SocketClient client = this.fixture.start(server, (spec) -> spec.correlator((payload) -> "the one"));
		CompletableFuture<Object> asked = client.ask("0", Duration.ofHours(1));
		for (int i = 1; i <= 50; i++) {
			String next = String.valueOf(i);
			asked = asked.thenCompose((reply) -> client.ask(next, Duration.ofHours(1)));
		}
		assertThat(Patience.await(asked)).isEqualTo("50");
		for (int i = 0; i < 200; i++) {
			assertThat(Patience.await(client.ask("x" + i, Duration.ofHours(1)))).isEqualTo("x" + i);
		}
	}

	@Test
	void requestWithAnEndlessTimeoutIsOne() throws Exception {
		SocketServer server = this.fixture.echo();
		SocketClient client = this.fixture.start(server, (spec) -> spec.correlator((payload) -> payload));
		assertThat(Patience.await(client.ask("a", Duration.ofSeconds(Long.MAX_VALUE)))).isEqualTo("a");
		// In no time a reply may arrive all the same.
		assertThat(client.ask("a", Duration.ofSeconds(-1)).handle((reply, failure) -> "over"))
			.succeedsWithin(Patience.limit());
		assertThat(Patience.await(client.ask("a", Duration.ofHours(1)))).isEqualTo("a");
	}

	@Test
	void startRightAfterTheStopFindsEverythingInPlace() throws Exception {
		SocketServer server = this.fixture.echo();
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		for (int i = 0; i < 100; i++) {
			CompletableFuture<Void> stopped = client.stop();
			while (true) {
				try {
					client.start();
					break;
				}
				catch (IllegalStateException ex) {
					Thread.onSpinWait();
				}
			}
			Patience.await(stopped);
			assertThat(client.state()).isNotIn(ClientState.STOPPED, ClientState.CLOSING);
			Patience.await(client.send("m" + i));
			assertThat(received(client)).isEqualTo(new Received.Payload("m" + i));
		}
	}

	static Received received(SocketClient client) {
		while (true) {
			Received next = ClientFixture.next(client);
			if (next instanceof Received.Payload) {
				return next;
			}
		}
	}

	@Test
	void closeDuringAStopIsForGood() throws Exception {
		SocketServer server = this.fixture.echo();
		for (int i = 0; i < 50; i++) {
			SocketClient client = this.fixture.start(server, (spec) -> spec);
			if (i % 2 == 0) {
				ClientFixture.await(client, ClientState.CONNECTED);
			}
			CompletableFuture<Void> stopped = client.stop();
			if (i % 3 == 0) {
				Patience.await(stopped);
			}
			client.close();
			Patience.await(client.closed());
			Patience.await(stopped);
			assertThat(client.state()).isEqualTo(ClientState.CLOSED);
			this.fixture.clients.remove("it");
		}
	}

	@Test
	void firstReceiveBeginsWithTheConnectionAlsoAfterARestart() throws Exception {
		SocketServer server = this.fixture.echo();
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		ClientFixture.await(client, ClientState.CONNECTED);
		Patience.await(client.stop());
		client.start();
		assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
	}

	@Test
	void listenersThatDoNotReturnHoldUpNothingElse() throws Exception {
		SocketServer server = this.fixture.echo();
		try (NettySocketClients clients = new NettySocketClients(this.fixture.servers.servers,
				() -> List.of(new SocketClientListener() {

					@Override
					public void connected(SocketClient client, SocketSession session) {
						ClientEndsTests.this.fixture.stick();
					}

				}))) {
			List<SocketClient> several = Stream.of("a", "b", "c", "d", "e", "f", "g", "h").map((name) -> {
				SocketClient client = clients
					.register(ClientSpec.builder(name).port(ClientFixture.address(server).getPort()).build());
				client.start();
				ClientFixture.await(client, ClientState.CONNECTED);
				return client;
			}).toList();
			for (SocketClient client : several) {
				Patience.await(client.send("sent"));
				assertThat(Patience.await(client.ask("asked", Duration.ofHours(1)))).isNotNull();
			}
			// At once, since each waits for its listener for a while.
			Patience.await(CompletableFuture
				.allOf(several.stream().map(SocketClient::stop).toArray(CompletableFuture[]::new)));
		}
	}

	@Test
	void listenerThatThrowsHarmsNothing() throws Exception {
		SocketServer server = this.fixture.echo();
		AtomicInteger completions = new AtomicInteger();
		try (NettySocketClients clients = new NettySocketClients(this.fixture.servers.servers,
				() -> List.of(new SocketClientListener() {

					@Override
					public void connected(SocketClient client, SocketSession session) {
						throw new IllegalStateException("expected");
					}

					@Override
					public void closed(SocketClient client) {
						completions.incrementAndGet();
					}

				}))) {
			SocketClient client = clients
				.register(ClientSpec.builder("it").port(ClientFixture.address(server).getPort()).build());
			client.start();
			Patience.await(client.send("sent"));
			Patience.await(client.stop());
			assertThat(completions).hasValue(1);
		}
	}

	@Test
	void twoClientsOfOneNameAreRefusedAndASuccessorMayFollowAtOnce() {
		SocketServer server = this.fixture.echo();
		SocketClient first = this.fixture.start(server, (spec) -> spec);
		ClientFixture.await(first, ClientState.CONNECTED);
		assertThatIllegalArgumentException().isThrownBy(() -> this.fixture.start(server, (spec) -> spec))
			.withMessageContaining("'it'");
		assertThat(first.state()).isEqualTo(ClientState.CONNECTED);
		assertThat(this.fixture.clients.remove("it")).isTrue();
		assertThat(this.fixture.clients.remove("it")).isFalse();
		SocketClient second = this.fixture.start(server, (spec) -> spec);
		ClientFixture.await(second, ClientState.CONNECTED);
		assertThat(second.session().orElseThrow().id()).isEqualTo("it-2");
	}

	@Test
	void closingAllWaitsForThoseThatWereJustRemoved() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(server.getLocalPort(),
					(spec) -> spec.outbound((o) -> o.bytes(50_000_000)));
			try (Socket socket = server.accept()) {
				ClientFixture.await(client, ClientState.CONNECTED);
				int count = 500;
				String line = "x".repeat(59_999);
				List<CompletableFuture<Void>> sent = new ArrayList<>();
				for (int i = 0; i < count; i++) {
					sent.add(client.send(line));
				}
				this.fixture.clients.remove("it");
				CompletableFuture<ClientState> closed = CompletableFuture.supplyAsync(() -> {
					this.fixture.clients.close();
					return client.state();
				});
				assertThat(socket.getInputStream().readNBytes(count * 60_000)).hasSize(count * 60_000);
				assertThat(Patience.await(closed)).isEqualTo(ClientState.CLOSED);
				Patience.await(CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)));
			}
		}
	}

	@Test
	void noClientComesOnceAllAreClosed() {
		SocketServer server = this.fixture.echo();
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		this.fixture.clients.close();
		assertThat(client.state()).isEqualTo(ClientState.CLOSED);
		assertThatIllegalStateException()
			.isThrownBy(() -> this.fixture.clients.register(ClientSpec.builder("late").port(1).build()));
		assertThatIllegalStateException().isThrownBy(client::start);
	}

	@Every.OffLoopMode
	void allAreClosedFromAHandler(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.echo();
		CompletableFuture<Void> closed = new CompletableFuture<>();
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.execution((e) -> e.mode(mode))
					.drainTimeout(SHORT)
					.handler(ServerFixture.messages(TestHandler.quiet().opened((session) -> {
						this.fixture.clients.close();
						closed.complete(null);
					}))));
		Patience.await(closed);
		assertThat(client.state()).isEqualTo(ClientState.CLOSED);
	}

	@Test
	void clientAndServerOfOneLoopAskEachOther() throws Exception {
		NettySocketServers servers = new NettySocketServers(List::of, 1);
		try (servers; NettySocketClients clients = new NettySocketClients(servers, List::of)) {
			SocketServer server = servers.register(dev.socketserver.ServerSpec.builder("loop")
				.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
				.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> "<" + line + ">"))
				.build());
			server.start();
			CompletableFuture<Object> outcome = new CompletableFuture<>();
			SocketClient client = clients.register(ClientSpec.builder("loop")
				.port(ClientFixture.address(server).getPort())
				.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
				.handler(ServerFixture.messages(TestHandler.quiet().opened((session) -> {
					SocketClient own = clients.get("loop");
					own.ask("1", Duration.ofHours(1))
						.thenCompose((reply) -> own.ask(reply + "2", Duration.ofHours(1)))
						.whenComplete((reply, failure) -> outcome.complete((failure != null) ? failure : reply));
				})))
				.build());
			client.start();
			assertThat(Patience.await(outcome)).isEqualTo("<<1>2>");
			Patience.await(client.stop());
		}
	}

	@Test
	void stopDoesNotWaitForAnOutputThatTheHandlerHasEnded() throws Exception {
		SocketServer server = this.fixture.servers.lines((line) -> {
			this.fixture.stick();
			return line;
		}, (spec) -> spec);
		CountDownLatch ended = new CountDownLatch(1);
		SocketClient client = this.fixture.start(server, (spec) -> spec.drainTimeout(Duration.ofHours(1))
			.handler(ServerFixture.messages(TestHandler.quiet().opened((session) -> {
				session.send("holds the server");
				session.shutdownOutput();
				ended.countDown();
			}))));
		Patience.await(ended);
		CompletableFuture<Void> waits = client.send("too late");
		Patience.await(client.stop());
		assertThat(waits).failsWithin(Patience.limit());
		assertThat(client.statistics().closed()).doesNotContainKey(CloseReason.HANDLER_ERROR);
	}

	/**
	 * It has something to send, which the server does not read, and reads so that it may.
	 */
	@Test
	void stopKeepsLittleOfWhatAServerSendsThatDoesNotRead() throws Exception {
		byte[] lines = ("x".repeat(999) + "\n").repeat(1000).getBytes(UTF_8);
		try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(listening.getLocalPort(),
					(spec) -> spec.drainTimeout(Duration.ofSeconds(1))
						.outbound((o) -> o.capacity(20_000).bytes(20_000_000)));
			try (Socket server = listening.accept()) {
				ClientFixture.await(client, ClientState.CONNECTED);
				CompletableFuture<?> unsent = client.send("first");
				for (int i = 0; i < 19_000; i++) {
					unsent = client.send("y".repeat(1000));
				}
				CompletableFuture<?> stopped = client.stop();
				long most = 0;
				try {
					while (!stopped.isDone()) {
						server.getOutputStream().write(lines);
						most = Math.max(most, this.fixture.servers.servers.memoryUsed());
					}
				}
				catch (IOException ex) {
					// The time to stop is over.
				}
				assertThat(unsent).failsWithin(Patience.limit());
				assertThat(most).isLessThan(22_000_000);
			}
		}
	}

	@Test
	void nothingIsLeftAfterAStop() throws Exception {
		Set<Thread> before = Set.copyOf(ServerFixture.loops());
		SocketServer server = this.fixture.echo();
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		Patience.await(client.send("m"));
		Patience.await(client.stop());
		server.stop();
		assertThat(this.fixture.servers.servers.memoryUsed()).isZero();
		Awaitility.await().atMost(Patience.limit()).until(() -> before.containsAll(ServerFixture.loops()));
	}

}
