package dev.socketserver.netty;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientSpec.Reconnect;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that come back again and again, and many that come back at once: neither harms
 * the server, nor costs more with time.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ClientCrowdTests {

	private static final int CLIENTS = Rounds.of("crowd.clients", 200, 1_000);

	private static final int CONNECTIONS = Rounds.of("crowd.connections", 400, 40_000);

	/** Where no local port that the system chooses is in the way of the server. */
	private static final String ADDRESS = "127.77.19.9";

	private static final long MB = 1024 * 1024;

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	/** Each attempt that fails behind a connection is news, and here there are many. */
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

	/** How many descriptors this JVM has open; 0 where the system does not say. */
	private static int descriptors() {
		String[] open = new File("/proc/self/fd").list();
		return (open != null) ? open.length : 0;
	}

	private static long heap() {
		System.gc();
		Runtime runtime = Runtime.getRuntime();
		return runtime.totalMemory() - runtime.freeMemory();
	}

	private static long failed(ClientStatistics statistics) {
		return statistics.failed().values().stream().mapToLong(Long::longValue).sum();
	}

	private static void assertAlternate(List<String> told) {
		for (int i = 0; i < told.size(); i++) {
			assertThat(told.get(i)).as("%s of %s", i, told).startsWith((i % 2 == 0) ? "connected" : "disconnected");
		}
	}

	/** A connection that does not last is no success: waiting goes on as it was. */
	@Test
	void serverThatClosesAtOnceIsAskedNoMoreOftenThanOneThatIsNotThere() throws Exception {
		try (Closing server = new Closing()) {
			long before = System.nanoTime();
			SocketClient client = this.fixture.start(server.port(),
					(spec) -> spec.reconnect(new Reconnect(Duration.ofMillis(20), Duration.ofMillis(320), 0.5)));
			until(() -> server.accepted.get() >= 12);
			// The half of 20, 40, 80, 160, 320, and so on.
			assertThat(System.nanoTime() - before)
				.isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(10 + 20 + 40 + 80 + 7 * 160));
			client.stop().get(20, TimeUnit.SECONDS);
			assertThat(client.statistics().attempts()).isEqualTo(
					client.statistics().connected() + failed(client.statistics()) + client.statistics().cancelled());
			assertThat(this.fixture.told).last().isEqualTo("closed");
			assertAlternate(this.fixture.told.subList(0, this.fixture.told.size() - 1));
		}
	}

	@Test
	void serverThatClosesAtOnceCostsNoMoreWithTime() throws Exception {
		try (Closing server = new Closing()) {
			SocketClient client = this.fixture.start(server.port(),
					(spec) -> spec.reconnect(new Reconnect(Duration.ofMillis(1), Duration.ofMillis(2), 0.5)));
			until(() -> server.accepted.get() >= CONNECTIONS / 2);
			int descriptors = descriptors();
			long heap = heap();
			until(() -> server.accepted.get() >= CONNECTIONS);
			until(() -> descriptors() <= descriptors + 5);
			assertAlternate(this.fixture.told);
			this.fixture.told.clear();
			until(() -> heap() <= heap + 4 * MB);
			client.stop().get(20, TimeUnit.SECONDS);
			assertThat(client.statistics().connected()).isGreaterThan(CONNECTIONS / 2);
			assertThat(client.statistics().closed().values().stream().mapToLong(Long::longValue).sum())
				.isEqualTo(client.statistics().connected());
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX) // has all of 127.0.0.0/8
	void clientsThatLoseTheirServerTogetherDoNotComeBackTogether() throws Exception {
		Map<String, List<String>> told = new ConcurrentHashMap<>();
		SocketClientListener listener = new SocketClientListener() {

			@Override
			public void connected(SocketClient client, SocketSession session) {
				told.computeIfAbsent(client.name(), (name) -> new CopyOnWriteArrayList<>()).add("connected");
			}

			@Override
			public void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
				told.computeIfAbsent(client.name(), (name) -> new CopyOnWriteArrayList<>()).add("disconnected");
			}

		};
		Duration period = Duration.ofSeconds(2);
		int port;
		try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(ADDRESS))) {
			port = probe.getLocalPort();
		}
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec.host(ADDRESS).port(port));
		NettySocketClients crowd = new NettySocketClients(this.fixture.servers.servers, () -> List.of(listener));
		AtomicInteger most = new AtomicInteger();
		try {
			List<SocketClient> clients = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				SocketClient client = crowd.register(ClientSpec.builder("c" + i)
					.host(ADDRESS)
					.port(port)
					.reconnect(new Reconnect(period, period, 1))
					.build());
				clients.add(client);
				client.start();
			}
			until(() -> areConnected(clients, server));
			int descriptors = descriptors();

			List<SocketSession> opened = this.fixture.servers.opened;
			until(() -> opened.size() == CLIENTS);
			server.stop(Duration.ZERO);
			until(() -> clients.stream().noneMatch((client) -> client.state() == ClientState.CONNECTED));
			server.start();
			until(() -> {
				clients.forEach((client) -> most.accumulateAndGet(underWay(client.statistics()), Math::max));
				return areConnected(clients, server);
			});

			until(() -> opened.size() >= 2 * CLIENTS);
			assertThat(opened).hasSize(2 * CLIENTS);
			List<Instant> back = opened.stream().skip(CLIENTS).map(SocketSession::openedAt).sorted().toList();
			// All of it would be nine tenths of the period or so.
			assertThat(Duration.between(back.get(CLIENTS / 10), back.get(CLIENTS - CLIENTS / 10)))
				.isGreaterThan(period.dividedBy(5));
			assertThat(most.get()).as("attempts of a client at once").isLessThanOrEqualTo(1);
			for (SocketClient client : clients) {
				ClientStatistics statistics = client.statistics();
				assertThat(statistics.connected()).isEqualTo(2);
				assertThat(statistics.attempts()).isEqualTo(2 + failed(statistics));
				until(() -> told.get(client.name()).size() == 3);
				assertAlternate(told.get(client.name()));
			}
			until(() -> descriptors() <= descriptors + 10);
		}
		finally {
			crowd.close();
		}
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

		private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

		Closing() throws IOException {
			Thread thread = new Thread(() -> {
				try {
					while (true) {
						try (Socket socket = this.listener.accept()) {
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

}
