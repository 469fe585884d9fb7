package dev.socketserver.netty.connect;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.process.Descriptors;
import dev.socketserver.fixtures.process.LiveHeap;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.spec.connect.Reconnect;
import dev.socketserver.tls.TlsBundle;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that reconnect again and again, and many that reconnect at once: neither harms
 * the server, nor costs more with time.
 */
@Tag("long")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ClientCrowdTests {

	private static final int CLIENTS = Rounds.of("crowd.clients", 100, 1_000);

	private static final int CONNECTIONS = Rounds.of("crowd.connections", 200, 40_000);

	/** How often the server of a crowd is killed. */
	private static final int KILLS = Rounds.of("crowd.kills", 2, 10);

	/** How often each of a crowd sends. */
	private static final int PERIOD_MILLIS = 200;

	/** Of the server, which goes and comes back. */
	private static final String ADDRESS = "127.77.19.9";

	private static final long MB = 1024 * 1024;

	/** Is replied to, and not kept. */
	private static final String QUESTION = "?";

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	/** How many there were before, of other tests. */
	private final int threads = Thread.activeCount();

	/** Of each client by its name. */
	private final Map<String, List<String>> events = new ConcurrentHashMap<>();

	private final NettySocketClients crowd = new NettySocketClients(this.fixture.servers.servers,
			() -> List.of(new SocketClientListener() {

				@Override
				public void connected(SocketClient client, SocketSession session) {
					record(client, "connected");
				}

				@Override
				public void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
					record(client, "disconnected");
				}

			}));

	@TempDir
	Path directory;

	@AfterEach
	void close() {
		this.crowd.close();
	}

	private void record(SocketClient client, String what) {
		this.events.computeIfAbsent(client.name(), (name) -> new CopyOnWriteArrayList<>()).add(what);
	}

	/** Each attempt that fails after a connection is news, and here there are many. */
	@BeforeAll
	static void beQuiet() {
		log().setLevel(Level.ERROR);
	}

	@AfterAll
	static void beLoud() {
		log().setLevel(null);
	}

	private static Logger log() {
		return (Logger) LoggerFactory.getLogger(SocketClient.class);
	}

	private static void until(BooleanSupplier condition) {
		Awaitility.await()
			.pollInterval(Duration.ofMillis(20))
			.atMost(10, TimeUnit.MINUTES)
			.until(condition::getAsBoolean);
	}

	private static long failed(ClientStatistics statistics) {
		return statistics.failed().values().stream().mapToLong(Long::longValue).sum();
	}

	private static void assertAlternate(List<String> events) {
		for (int i = 0; i < events.size(); i++) {
			assertThat(events.get(i)).as("%s of %s", i, events).startsWith((i % 2 == 0) ? "connected" : "disconnected");
		}
	}

	/** A connection that does not last is no success: waiting goes on as it was. */
	@Test
	void serverThatClosesAtOnceIsAskedNoMoreOftenThanOneThatIsNotThere() throws Exception {
		try (Closing server = new Closing()) {
			// What lasts longer than the longest wait is a success, and threads may be
			// late.
			SocketClient client = this.fixture.start(server.port(),
					(spec) -> spec.reconnect(new Reconnect(Duration.ofMillis(20), Duration.ofHours(1), 0.5)));
			until(() -> server.accepted.get() >= 8);
			// The half of 20, 40, 80, and so on.
			assertThat(System.nanoTime() - server.since)
				.isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(10 + 20 + 40 + 80 + 160 + 320 + 640));
			Patience.await(client.stop());
			assertThat(client.statistics().attempts()).isEqualTo(
					client.statistics().connected() + failed(client.statistics()) + client.statistics().cancelled());
			Patience.within(() -> assertThat(this.fixture.events).last().isEqualTo("closed"));
			assertAlternate(this.fixture.events.subList(0, this.fixture.events.size() - 1));
		}
	}

	@Test
	void serverThatClosesAtOnceCostsNoMoreWithTime() throws Exception {
		try (Closing server = new Closing()) {
			SocketClient client = this.fixture.start(server.port(),
					(spec) -> spec.reconnect(new Reconnect(Duration.ofMillis(1), Duration.ofMillis(2), 0.5)));
			until(() -> server.accepted.get() >= CONNECTIONS / 2);
			int descriptors = Descriptors.open();
			long heap = LiveHeap.bytes();
			until(() -> server.accepted.get() >= CONNECTIONS);
			until(() -> Descriptors.open() <= descriptors + 5);
			assertAlternate(this.fixture.events);
			this.fixture.events.clear();
			until(() -> LiveHeap.bytes() <= heap + 4 * MB);
			Patience.await(client.stop());
			assertThat(client.statistics().connected()).isGreaterThan(CONNECTIONS / 2);
			assertThat(client.statistics().closed().values().stream().mapToLong(Long::longValue).sum())
				.isEqualTo(client.statistics().connected());
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX) // has all of 127.0.0.0/8
	void clientsThatLoseTheirServerTogetherDoNotComeBackTogether() throws Exception {
		Duration period = Duration.ofSeconds(2);
		int port = Ports.free();
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec.address(ADDRESS).port(port));
		AtomicInteger most = new AtomicInteger();
		List<SocketClient> clients = start(port, (spec) -> spec.reconnect(new Reconnect(period, period, 1)));
		until(() -> areConnected(clients, server));
		int descriptors = Descriptors.open();

		List<SocketSession> opened = this.fixture.servers.opened;
		until(() -> opened.size() == CLIENTS);
		// All of it would be nine tenths of the period or so.
		Duration apart = period.dividedBy(5);
		int outages = 0;
		Duration spread = Duration.ZERO;
		// A machine that stands still brings them together: then again.
		while (spread.compareTo(apart) <= 0 && outages < 5) {
			int before = ++outages * CLIENTS;
			server.stop(Duration.ZERO);
			until(() -> clients.stream().noneMatch((client) -> client.state() == ClientState.CONNECTED));
			server.start();
			until(() -> {
				clients.forEach((client) -> most.accumulateAndGet(underWay(client.statistics()), Math::max));
				return areConnected(clients, server);
			});
			until(() -> opened.size() >= before + CLIENTS);
			assertThat(opened).hasSize(before + CLIENTS);
			List<Instant> back = opened.stream().skip(before).map(SocketSession::openedAt).sorted().toList();
			spread = Duration.between(back.get(CLIENTS / 10), back.get(CLIENTS - CLIENTS / 10));
		}
		assertThat(spread).isGreaterThan(apart);

		int connections = 1 + outages;
		assertThat(most.get()).as("attempts of a client at once").isLessThanOrEqualTo(1);
		for (SocketClient client : clients) {
			ClientStatistics statistics = client.statistics();
			assertThat(statistics.connected()).isEqualTo(connections);
			assertThat(statistics.attempts()).isEqualTo(connections + failed(statistics));
			until(() -> this.events.get(client.name()).size() == 2 * connections - 1);
			assertAlternate(this.events.get(client.name()));
		}
		until(() -> Descriptors.open() <= descriptors + 10);
	}

	static Stream<Boolean> securedOrNot() {
		return Rounds.some(1, true, false);
	}

	/** The server is another JVM, which is killed while all of them send. */
	@ParameterizedTest
	@MethodSource("securedOrNot")
	@EnabledOnOs(OS.LINUX) // has all of 127.0.0.0/8
	void clientsOfAServerThatIsKilledAgainAndAgainComeBackWithWhatTheyHaveToSend(boolean secured) throws Exception {
		int port = Ports.free();
		Path keys = this.directory.resolve("keys");
		Certificates.TRUSTED.store("crowd.test", keys);
		TlsBundle trusting = new TlsBundle("crowd",
				Certificates.material(List.of(), List.of(Certificates.TRUSTED.trust())));
		List<SocketClient> clients = start(port,
				(spec) -> spec.reconnect(new Reconnect(Duration.ofMillis(100), Duration.ofSeconds(1), 0.5))
					.connectTimeout(Duration.ofMinutes(1))
					.tls(secured ? new ClientTls(trusting, "crowd.test") : null)
					.outbound((o) -> o.capacity(100_000))
					.handler(ServerHandler.function("none", PayloadConverter.text(UTF_8), (line) -> null)));
		AtomicInteger sent = new AtomicInteger();
		Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
		ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
		sender.scheduleAtFixedRate(() -> {
			int number = sent.getAndIncrement();
			clients.forEach((client) -> client.send(client.name() + ":" + number).whenComplete((result, failure) -> {
				if (failure != null) {
					failures.add(failure);
				}
			}));
		}, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
		int descriptors = 0;
		long heap = 0;
		try {
			for (int life = 0; life <= KILLS; life++) {
				try (OtherJvm server = new OtherJvm(List.of(), List.of(), Recorder.class, ADDRESS, "" + port,
						file(life).toString(), secured ? keys.toString() : "")) {
					int lives = life + 1;
					until(() -> clients.stream().allMatch((client) -> client.statistics().connected() == lives));
					long more = sent.get() + 5;
					until(() -> clients.stream().allMatch((client) -> client.statistics().delivered() >= more));
					if (life == 1) {
						descriptors = Descriptors.open();
						heap = LiveHeap.bytes();
					}
					if (life == KILLS) {
						assertNoMoreThan(descriptors, heap);
						end(clients, sender);
					}
					server.kill();
				}
			}
		}
		finally {
			sender.shutdownNow();
		}
		assertThat(failures).isEmpty();
		for (SocketClient client : clients) {
			assertThat(this.events.get(client.name())).hasSize(2 * (KILLS + 1));
			assertAlternate(this.events.get(client.name()));
		}
		Map<String, Integer> last = lastReceived(secured);
		assertThat(last).hasSize(CLIENTS);
		assertThat(last.values()).containsOnly(sent.get() - 1);
	}

	private void assertNoMoreThan(int descriptors, long heap) {
		until(() -> Descriptors.open() <= descriptors + 10);
		until(() -> LiveHeap.bytes() <= heap + 4 * MB);
		// In a pool each client has one, for as long as it is busy and 10 s more.
		assertThat(Thread.activeCount()).isLessThanOrEqualTo(this.threads + CLIENTS + 50);
	}

	/** What has been taken is sent, and handled before the server replies. */
	private void end(List<SocketClient> clients, ScheduledExecutorService sender) throws Exception {
		sender.shutdown();
		assertThat(sender.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
		List<CompletableFuture<Object>> replies = clients.stream()
			.map((client) -> client.ask(QUESTION, Patience.limit().multipliedBy(2)))
			.toList();
		CompletableFuture.allOf(replies.toArray(CompletableFuture[]::new)).join();
		Patience
			.await(CompletableFuture.allOf(clients.stream().map(SocketClient::stop).toArray(CompletableFuture[]::new)));
		for (SocketClient client : clients) {
			ClientStatistics statistics = client.statistics();
			assertThat(statistics.delivered()).isEqualTo(statistics.accepted());
		}
	}

	private Path file(int life) {
		return this.directory.resolve("life-" + life);
	}

	/** Returns the whole lines of a life. */
	private List<String> life(int life) throws IOException {
		// It may have been killed before anything was received.
		String all = Files.exists(file(life)) ? Files.readString(file(life)) : "";
		return all.substring(0, all.lastIndexOf('\n') + 1).lines().toList();
	}

	/** Of each life there is no gap; over TLS some are repeated in the next. */
	private Map<String, Integer> lastReceived(boolean secured) throws IOException {
		Map<String, Integer> before = new HashMap<>();
		for (int life = 0; life <= KILLS; life++) {
			Map<String, Integer> last = new HashMap<>();
			for (String line : life(life)) {
				String name = line.substring(0, line.indexOf(':'));
				int number = Integer.parseInt(line.substring(line.indexOf(':') + 1));
				Integer previous = last.put(name, number);
				if (previous != null) {
					assertThat(number).as("message of %s in life %s", name, life).isEqualTo(previous + 1);
				}
				else if (!secured) {
					assertThat(number).as("first message of %s in life %s", name, life)
						.isGreaterThan(before.getOrDefault(name, -1));
				}
			}
			before.putAll(last);
		}
		return before;
	}

	private List<SocketClient> start(int port, UnaryOperator<ClientSpec.Builder> spec) {
		List<SocketClient> clients = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			SocketClient client = this.crowd
				.register(spec.apply(ClientSpec.builder("c" + i).host(ADDRESS).port(port)).build());
			clients.add(client);
			client.start();
		}
		return clients;
	}

	private static boolean areConnected(List<SocketClient> clients, SocketServer server) {
		return clients.stream().allMatch((client) -> client.state() == ClientState.CONNECTED)
				&& server.sessions().count() == clients.size();
	}

	/** At least so many attempts of a client were under way at once. */
	private static int underWay(ClientStatistics statistics) {
		long begun = statistics.attempts();
		// What ends meanwhile makes it less, never more.
		return (int) (begun - statistics.connected() - failed(statistics) - statistics.cancelled());
	}

	/** Accepts each connection and closes it: one in good order, the next by a reset. */
	private static final class Closing implements AutoCloseable {

		final AtomicInteger accepted = new AtomicInteger();

		/** When it has accepted the first, which is still open then. */
		volatile long since;

		private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

		Closing() throws IOException {
			Thread thread = new Thread(() -> {
				try {
					while (true) {
						try (Socket socket = this.listener.accept()) {
							if (this.accepted.get() == 0) {
								this.since = System.nanoTime();
							}
							if (this.accepted.incrementAndGet() % 2 == 0) {
								socket.setSoLinger(true, 0);
							}
						}
					}
				}
				catch (IOException ex) {
					// Closed.
				}
			});
			thread.setDaemon(true);
			thread.start();
		}

		int port() {
			return this.listener.getLocalPort();
		}

		@Override
		public void close() throws IOException {
			this.listener.close();
		}

	}

	/** Keeps the lines that it is sent. */
	static final class Recorder {

		private Recorder() {
		}

		public static void main(String[] args) throws Exception {
			OutputStream kept = Files.newOutputStream(Path.of(args[2]));
			NettySocketServers servers = new NettySocketServers(List.of());
			servers.register(ServerSpec.builder("recorder")
				.address(args[0])
				.port(Integer.parseInt(args[1]))
				.tls(args[3].isEmpty() ? null : Certificates.stored(args[3]))
				.handler(ServerHandler.function("record", PayloadConverter.text(UTF_8), (line) -> {
					if (line.equals(QUESTION)) {
						return line;
					}
					try {
						// One write, which is with the system when it returns.
						kept.write((line + "\n").getBytes(UTF_8));
					}
					catch (IOException ex) {
						throw new UncheckedIOException(ex);
					}
					return null;
				}))
				.build()).start();
		}

	}

}
