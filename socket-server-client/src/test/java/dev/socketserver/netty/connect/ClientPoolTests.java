package dev.socketserver.netty.connect;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.OutboundFullException;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientPool;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Received;
import dev.socketserver.client.Select;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClient.ConnectionState;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.connect.Reconnect;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients with several connections.
 */
@Tag("virtual-threads")
class ClientPoolTests {

	private static final int KEYS = 50;

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	/** The connection of each line that a server has got, in order. */
	private final Map<String, List<String>> seen = new ConcurrentHashMap<>();

	@Test
	void clientHoldsItsConnectionsAndMakesThemAgain() {
		SocketServer server = collecting();
		SocketClient client = start(server, Select.ORDERED, (pool) -> pool.size(4));
		assertThat(client.connections()).hasSize(4).first().isSameAs(client.session().orElseThrow());
		assertThat(client.connections(ConnectionState.CONNECTING)).isZero();
		this.fixture.awaitEvents("connected");

		client.connections().get(1).close();
		client.connections().get(2).close();
		Awaitility.await().until(() -> client.statistics().connected() == 6);
		awaitReady(client, 4);
		assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
		this.fixture.awaitEvents("connected");

		List<SocketSession> held = client.connections();
		client.disconnect();
		// Their handlers, too, of which each is notified on its own lane.
		held.forEach((session) -> assertThat(session.closed()).succeedsWithin(Patience.limit()));
		Awaitility.await().until(() -> client.connections().isEmpty());
		ClientFixture.await(client, ClientState.DISCONNECTED);
		client.reconnect();
		awaitReady(client, 4);
		assertThat(client.stop()).succeedsWithin(Patience.limit());
		this.fixture.awaitEvents("connected", "disconnected OPERATOR_CLOSED", "connected",
				"disconnected SERVER_STOPPED", "closed");
		List<Class<?>> received = new ArrayList<>();
		for (Received next = client.receive(Patience.limit()); !(next instanceof Received.Closed); next = client
			.receive(Patience.limit())) {
			received.add(next.getClass());
		}
		assertThat(received).containsExactly(Received.Connected.class, Received.Disconnected.class,
				Received.Connected.class, Received.Disconnected.class);
	}

	@Test
	void clientHoldsAsManyConnectionsAsItMay() {
		SocketServer server = collecting();
		SocketClient client = start(server, Select.ORDERED, (pool) -> pool.size(64));
		List<SocketSession> first = client.connections();

		first.forEach(SocketSession::close);

		Awaitility.await().until(() -> client.statistics().connected() == 128);
		awaitReady(client, 64);
		assertThat(client.connections()).doesNotContainAnyElementsOf(first);
	}

	@Test
	void payloadsLeaveInTurnOnAllConnections() {
		SocketServer server = collecting();
		SocketClient client = start(server, Select.ROUND_ROBIN, (pool) -> pool.size(4));
		for (int i = 0; i < 1_000; i++) {
			assertThat(client.send("payload " + i)).succeedsWithin(Patience.limit());
		}
		Awaitility.await().until(() -> seen() == 1_000);
		assertThat(this.seen).hasSize(4).allSatisfy((session, lines) -> assertThat(lines).hasSizeBetween(245, 255));
	}

	@Test
	void requestsGoWhereTheFewestWait() {
		CompletableFuture<String> never = new CompletableFuture<>();
		List<String> sessions = new CopyOnWriteArrayList<>();
		SessionHandler handler = (line, session) -> {
			sessions.add(session.id());
			return line.equals("slow") ? never : line;
		};
		SocketServer server = this.fixture.servers.start(messages(handler), (spec) -> spec);
		SocketClient client = start(server, Select.LEAST_WAITING, (pool) -> pool.size(2));
		client.ask("slow", Patience.limit());
		Awaitility.await().until(() -> sessions.size() == 1);
		for (int i = 0; i < 20; i++) {
			assertThat(client.ask("fast", Patience.limit())).succeedsWithin(Patience.limit());
		}
		assertThat(sessions.subList(1, 21)).doesNotContain(sessions.get(0)).hasSize(20);
		never.complete("done");
	}

	/** Without a correlator too. */
	@ParameterizedTest
	@EnumSource(Select.class)
	void repliesBelongToTheirConnection(Select select) {
		SocketServer server = this.fixture.echo();
		SocketClient client = start(server, select, (pool) -> pool.size(3));
		List<CompletableFuture<Object>> replies = new ArrayList<>();
		for (int i = 0; i < 500; i++) {
			replies.add(client.ask("request " + i, Patience.limit()));
		}
		for (int i = 0; i < 500; i++) {
			assertThat(replies.get(i)).succeedsWithin(Patience.limit()).isEqualTo("request " + i);
		}
	}

	@Test
	void keyHasOneConnectionAndKeysAreSpread() {
		SocketServer server = collecting();
		SocketClient client = start(server, Select.ORDERED, (pool) -> pool.size(4).key(ClientPoolTests::key));
		for (int i = 0; i < 2_000; i++) {
			client.send("key" + i % KEYS + " " + i);
		}
		Awaitility.await().until(() -> seen() == 2_000);
		Map<Object, String> connections = new HashMap<>();
		this.seen.forEach((session, lines) -> {
			Map<Object, Integer> last = new HashMap<>();
			for (String line : lines) {
				assertThat(connections.computeIfAbsent(key(line), (key) -> session)).isEqualTo(session);
				int number = Integer.parseInt(line.split(" ")[1]);
				assertThat(last.getOrDefault(key(line), -1)).isLessThan(number);
				last.put(key(line), number);
			}
		});
		assertThat(this.seen).hasSize(4).allSatisfy((session, lines) -> assertThat(lines).hasSizeBetween(400, 600));
	}

	@Test
	void connectionThatIsNewGetsKeysThatHaveRested() {
		SocketServer server = collecting();
		SocketClient client = start(server, Select.ORDERED, (pool) -> pool.size(2).key(ClientPoolTests::key));
		SocketSession first = client.connections().get(0);
		first.close();
		Awaitility.await().until(() -> !client.connections().contains(first));
		awaitReady(client, 2);
		Awaitility.await().atMost(Patience.limit()).until(() -> {
			for (int i = 0; i < 50; i++) {
				client.send("key" + i + " 0");
			}
			Set<String> used = new HashSet<>(this.seen.keySet());
			return used.size() >= 2;
		});
	}

	/** The bounds are those of the client, however many connections it has. */
	@Test
	void boundsAreThoseOfTheClient() throws IOException {
		try (ServerSocket deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			deaf.setReceiveBufferSize(4096);
			SocketClient client = this.fixture.start(deaf.getLocalPort(),
					(spec) -> spec.pool((pool) -> pool.size(3))
						.failOver((failOver) -> failOver.select(Select.ROUND_ROBIN))
						.outbound((o) -> o.capacity(10).bytes(100_000_000).overflow(OutboundOverflow.FAIL))
						.limits((limits) -> limits.frame(3_000_000)));
			awaitReady(client, 3);
			String large = "x".repeat(2_000_000);
			List<CompletableFuture<?>> sent = new ArrayList<>();
			for (int i = 0; i < 30; i++) {
				sent.add(client.send(large));
			}
			long refused = sent.stream().filter(CompletableFuture::isCompletedExceptionally).count();
			assertThat(refused).isGreaterThanOrEqualTo(10);
			assertThat(client.statistics().pending()).isLessThanOrEqualTo(10);
			assertThat(sent.get(29)).failsWithin(Patience.limit())
				.withThrowableOfType(ExecutionException.class)
				.withCauseInstanceOf(OutboundFullException.class);
		}
	}

	/**
	 * A connection that takes nothing any more dies: what it had leaves on the other, and
	 * the request that it had sent fails.
	 */
	@Test
	void whatALostConnectionHadLeavesOnAnother() throws Exception {
		try (ServerSocket listening = new ServerSocket()) {
			listening.setReceiveBufferSize(4096);
			listening.bind(null);
			SocketClient client = this.fixture.start(listening.getLocalPort(),
					(spec) -> spec.pool((pool) -> pool.size(2).key(ClientPoolTests::key))
						.reconnect(new Reconnect(Duration.ofHours(1), Duration.ofHours(1), 0))
						.limits((limits) -> limits.frame(20_000_000))
						.outbound((o) -> o.bytes(100_000_000)));
			List<Socket> peers = List.of(listening.accept(), listening.accept());
			awaitReady(client, 2);
			// Find out which key has which connection.
			client.send("a 0");
			client.send("b 0");
			Map<String, Socket> connections = new HashMap<>();
			for (Socket peer : peers) {
				String line = new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8))
					.readLine();
				connections.put(line.split(" ")[0], peer);
			}
			CompletableFuture<Object> asked = client.ask("a request", Patience.limit());
			assertThat(connections.get("a").getInputStream().readNBytes(10)).asString(StandardCharsets.UTF_8)
				.isEqualTo("a request\n");
			List<CompletableFuture<?>> sent = new ArrayList<>();
			String large = "x".repeat(10_000_000);
			sent.add(client.send("a 1" + large));
			sent.add(client.send("a 2"));
			CompletableFuture<Object> unsent = client.ask("a 3", Patience.limit());
			Awaitility.await()
				.until(() -> client.connections().stream().anyMatch((each) -> each.info().pendingBytes() > 0));
			connections.get("a").setSoLinger(true, 0);
			connections.get("a").close();

			BufferedReader other = new BufferedReader(
					new InputStreamReader(connections.get("b").getInputStream(), StandardCharsets.UTF_8));
			assertThat(other.readLine()).isEqualTo("a 1" + large);
			assertThat(other.readLine()).isEqualTo("a 2");
			assertThat(other.readLine()).isEqualTo("a 3");
			connections.get("b").getOutputStream().write("reply\n".getBytes(StandardCharsets.UTF_8));
			assertThat(sent).allSatisfy((each) -> assertThat(each).succeedsWithin(Patience.limit()));
			assertThat(unsent).succeedsWithin(Patience.limit()).isEqualTo("reply");
			assertThat(asked).failsWithin(Patience.limit())
				.withThrowableOfType(ExecutionException.class)
				.withCauseInstanceOf(SessionClosedException.class);
			assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
			Opened.closeAll(peers);
		}
	}

	@Test
	void allConnectionsAreReplaced() {
		SocketServer server = collecting();
		SocketClient client = start(server, Select.ROUND_ROBIN, (pool) -> pool.size(3));
		List<SocketSession> old = client.connections();
		assertThat(client.rotate()).succeedsWithin(Patience.limit());
		assertThat(old).allSatisfy((each) -> assertThat(each.info().closed().reason()).isEqualTo(CloseReason.ROTATED));
		awaitReady(client, 3);
		assertThat(client.connections()).doesNotContainAnyElementsOf(old);
		assertThat(client.statistics().connected()).isEqualTo(6);
	}

	/**
	 * Each connection is ended by its server in good order, so that nothing is lost that
	 * has left: 10,000 payloads over 50 keys all arrive, each key in its order.
	 */
	@Test
	void keysKeepTheirOrderWhileConnectionsDie() throws Exception {
		int payloads = Integer.getInteger("pool.payloads", 3_000);
		try (DyingServer server = new DyingServer()) {
			SocketClient client = this.fixture.start(server.port(),
					(spec) -> spec.pool((pool) -> pool.size(4).key(ClientPoolTests::key))
						.reconnect(new Reconnect(Duration.ofMillis(20), Duration.ofMillis(50), 0)));
			awaitReady(client, 4);
			List<CompletableFuture<?>> sent = new ArrayList<>();
			for (int i = 0; i < payloads; i++) {
				sent.add(client.send("key" + i % 50 + " " + i));
				if (i % 10 == 0) {
					LockSupport.parkNanos(2_000_000);
				}
			}
			sent.forEach((each) -> assertThat(each).succeedsWithin(Patience.limit()));
			assertThat(client.stop()).succeedsWithin(Patience.limit());
			server.awaitQuiet();
			assertThat(server.deaths.get()).isPositive();
			server.check(payloads);
		}
	}

	private static Object key(Object payload) {
		return payload.toString().split(" ")[0];
	}

	private static void awaitReady(SocketClient client, int count) {
		Awaitility.await().atMost(Patience.limit()).until(() -> client.connections().size() == count);
	}

	private int seen() {
		return this.seen.values().stream().mapToInt(List::size).sum();
	}

	private SocketServer collecting() {
		return this.fixture.servers.start(messages((line, session) -> {
			this.seen.computeIfAbsent(session.id(), (id) -> new CopyOnWriteArrayList<>()).add((String) line);
			return null;
		}), (spec) -> spec);
	}

	private static ServerHandler messages(SessionHandler handler) {
		return ServerFixture.messages("server", handler);
	}

	/** Starts a client, all of whose connections are ready. */
	private SocketClient start(SocketServer server, Select select, UnaryOperator<ClientPool> pool) {
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.pool(pool).failOver((block) -> block.select(select)));
		awaitReady(client, client.spec().pool().size());
		return client;
	}

	/**
	 * Ends the output of one connection after the other, and reads each to its end. A
	 * line is noted behind the one before it of its key. That one may have come by
	 * another connection, which is read by another thread, if that had been ended.
	 */
	private static final class DyingServer implements AutoCloseable {

		final AtomicInteger deaths = new AtomicInteger();

		private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

		private final ConcurrentLinkedQueue<Socket> open = new ConcurrentLinkedQueue<>();

		/** By which connection each number has come; guarded by itself. */
		private final Map<Integer, Socket> numbers = new HashMap<>();

		/** Those that were ended; guarded by {@link #numbers}. */
		private final Set<Socket> ended = new HashSet<>();

		private final List<String> wrong = new CopyOnWriteArrayList<>();

		private final AtomicInteger reading = new AtomicInteger();

		private volatile boolean over;

		DyingServer() throws IOException {
			thread(this::accept);
			thread(this::kill);
		}

		int port() {
			return this.listening.getLocalPort();
		}

		private static void thread(Runnable task) {
			Thread thread = new Thread(task, "dying-server");
			thread.setDaemon(true);
			thread.start();
		}

		private void accept() {
			try {
				while (true) {
					Socket socket = this.listening.accept();
					this.reading.incrementAndGet();
					this.open.add(socket);
					thread(() -> read(socket));
				}
			}
			catch (IOException ex) {
				// It is over.
			}
		}

		private void read(Socket socket) {
			try (socket) {
				BufferedReader lines = new BufferedReader(
						new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
				for (String line = lines.readLine(); line != null; line = lines.readLine()) {
					note(socket, Integer.parseInt(line.split(" ")[1]));
				}
			}
			catch (IOException ex) {
				// The client has closed it.
			}
			finally {
				this.open.remove(socket);
				this.reading.decrementAndGet();
			}
		}

		private void note(Socket socket, int number) {
			int before = number - KEYS;
			synchronized (this.numbers) {
				if (before >= 0 && !this.numbers.containsKey(before)) {
					Set<Socket> mayBeSlower = Set.copyOf(this.ended);
					awaitNumber(before);
					if (!mayBeSlower.contains(this.numbers.get(before))) {
						this.wrong.add(number + " came before " + before);
					}
				}
				if (this.numbers.containsKey(number + KEYS)) {
					this.wrong.add(number + " came after " + (number + KEYS));
				}
				this.numbers.put(number, socket);
				this.numbers.notifyAll();
			}
		}

		private void awaitNumber(int number) {
			long begun = System.nanoTime();
			long left = Patience.limit().toMillis();
			try {
				while (left > 0 && !this.numbers.containsKey(number)) {
					this.numbers.wait(left);
					left = Patience.limit().minusNanos(System.nanoTime() - begun).toMillis();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		private void kill() {
			while (!this.over) {
				LockSupport.parkNanos(200_000_000);
				Socket next = this.open.poll();
				if (next != null) {
					try {
						synchronized (this.numbers) {
							this.ended.add(next);
						}
						next.shutdownOutput();
						this.deaths.incrementAndGet();
					}
					catch (IOException ex) {
						// It has ended meanwhile.
					}
				}
			}
		}

		void awaitQuiet() {
			Awaitility.await().atMost(Patience.limit()).until(() -> this.reading.get() == 0);
		}

		void check(int payloads) {
			synchronized (this.numbers) {
				assertThat(this.numbers).hasSize(payloads);
			}
			assertThat(this.wrong).isEmpty();
		}

		@Override
		public void close() throws IOException {
			this.over = true;
			this.listening.close();
		}

	}

}
