package dev.socketserver.netty.connect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.TestHandler;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.connect.Reconnect;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything that can be done to a client, by several threads at once and in any order,
 * while its server starts and stops: what holds whatever happens must hold then.
 */
@Tag("long")
@Tag("virtual-threads")
@Timeout(900)
class ClientStressTests {

	private final long seed = Long.getLong("race.seed", System.nanoTime());

	static Stream<Way> ways() {
		return ServerFixture.everyTransport()
			.flatMap((transport) -> Stream.concat(ServerFixture.modes().map((mode) -> new Way(transport, mode, true)),
					Stream.of(new Way(transport, ExecutionMode.POOL, false))));
	}

	@ParameterizedTest
	@MethodSource("ways")
	void whatHoldsAlwaysHolds(Way way) throws Exception {
		int rounds = Rounds.of("race.rounds", 3, 60);
		try (NettySocketServers servers = new NettySocketServers(List::of, 2)) {
			Rounds.run("race", rounds, this.seed, (random) -> {
				try (Round round = new Round(way, servers, random)) {
					round.run();
				}
			});
		}
	}

	/** How a client is run. */
	public record Way(SocketTransport transport, ExecutionMode mode, boolean handler) {
	}

	/** One client, and all that is done to it. */
	private static final class Round implements AutoCloseable {

		private static final int SENDERS = 2;

		private final Random random;

		private final NettySocketServers servers;

		private final List<String> events = new CopyOnWriteArrayList<>();

		private final List<Received> received = new CopyOnWriteArrayList<>();

		private final List<String> handled = new CopyOnWriteArrayList<>();

		private final NettySocketClients clients;

		private final SocketServer server;

		private final SocketClient client;

		/** What the server was sent, a list for each of its sessions. */
		private final List<List<String>> served = new CopyOnWriteArrayList<>();

		private final ConcurrentLinkedQueue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();

		private final AtomicInteger sessions = new AtomicInteger();

		private final AtomicInteger mostSessions = new AtomicInteger();

		private final List<Throwable> failures = new CopyOnWriteArrayList<>();

		private final Way way;

		private volatile boolean over;

		Round(Way way, NettySocketServers servers, Random random) throws Exception {
			this.way = way;
			this.random = random;
			this.servers = servers;
			// None that a client may get as its own, and so connect to itself.
			int port = Ports.free();
			this.clients = new NettySocketClients(servers, () -> List.of(listener()));
			this.server = servers.register(ServerSpec.builder("stress")
				.port(port)
				.transport(way.transport())
				.handler(new ServerHandler.Messages("served", PayloadConverter.text(UTF_8), false,
						(session) -> serverHandler()))
				.build());
			ClientSpec.Builder spec = ClientSpec.builder("stress")
				.port(port)
				.transport(way.transport())
				.execution((e) -> e.mode(way.mode()))
				.outbound((o) -> o.capacity(1 + random.nextInt(20))
					.overflow(random.nextBoolean() ? OutboundOverflow.BLOCK : OutboundOverflow.FAIL))
				.inbound((i) -> i.capacity(1 + random.nextInt(20)))
				.drainTimeout(Duration.ofSeconds(5))
				.reconnect(new Reconnect(Duration.ofMillis(1), Duration.ofMillis(5), 0.5));
			if (way.handler()) {
				spec.handler(new ServerHandler.Messages("handler", PayloadConverter.text(UTF_8), false,
						(session) -> clientHandler()));
			}
			this.client = this.clients.register(spec.build());
		}

		private SocketClientListener listener() {
			return new SocketClientListener() {

				@Override
				public void connected(SocketClient client, SocketSession session) {
					Round.this.events.add("connected");
				}

				@Override
				public void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
					Round.this.events.add("disconnected");
				}

				@Override
				public void closed(SocketClient client) {
					Round.this.events.add("closed");
				}

			};
		}

		private SessionHandler serverHandler() {
			List<String> here = new CopyOnWriteArrayList<>();
			return TestHandler.of((payload, session) -> {
				here.add(payload.toString());
				return payload.toString().startsWith("ask") ? payload : null;
			}).opened((session) -> {
				this.served.add(here);
			});
		}

		private SessionHandler clientHandler() {
			return TestHandler.quiet().opened((session) -> {
				this.handled.add("opened");
				int now = this.sessions.incrementAndGet();
				this.mostSessions.accumulateAndGet(now, Math::max);
			}).closed((session, status) -> {
				this.sessions.decrementAndGet();
				this.handled.add("closed");
			});
		}

		void run() throws Exception {
			this.server.start();
			this.client.start();
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < SENDERS; i++) {
				int sender = i;
				Random own = new Random(this.random.nextLong());
				threads.add(thread(() -> send(sender, own)));
			}
			Random first = new Random(this.random.nextLong());
			Random second = new Random(this.random.nextLong());
			Random third = new Random(this.random.nextLong());
			threads.add(thread(() -> operate(first)));
			threads.add(thread(() -> operate(second)));
			threads.add(thread(() -> serve(third)));
			Thread receiver = this.way.handler() ? null : thread(this::receive);
			for (int i = 2; i < threads.size(); i++) {
				join(threads.get(i));
			}
			this.over = true;
			this.client.close();
			for (Thread thread : threads) {
				join(thread);
			}
			this.client.closed().get(Patience.limit().toSeconds(), TimeUnit.SECONDS);
			if (receiver != null) {
				join(receiver);
			}
			assertThat(this.failures).isEmpty();
			check();
		}

		private Thread thread(Task task) {
			Thread thread = new Thread(() -> {
				try {
					task.run();
				}
				catch (Throwable ex) {
					this.failures.add(ex);
				}
			}, "stress");
			thread.setDaemon(true);
			thread.start();
			return thread;
		}

		private static void join(Thread thread) throws InterruptedException {
			thread.join(Patience.limit().toMillis());
			if (thread.isAlive()) {
				AssertionError stuck = new AssertionError("A thread did not end");
				stuck.setStackTrace(thread.getStackTrace());
				throw stuck;
			}
		}

		private void send(int sender, Random random) {
			for (int i = 0; !this.over && i < 2_000; i++) {
				if (random.nextInt(10) == 0) {
					this.futures.add(this.client.ask("ask" + sender + ":" + i, Duration.ofMillis(random.nextInt(50))));
				}
				else {
					this.futures.add(this.client.send("msg" + sender + ":" + i));
				}
			}
		}

		private void operate(Random random) throws Exception {
			for (int i = 0; i < 20; i++) {
				switch (random.nextInt(6)) {
					case 0 -> this.client.disconnect();
					case 1, 2 -> this.client.reconnect();
					case 3 -> this.futures.add(this.client.stop());
					case 4 -> startIfStopped();
					default -> TimeUnit.MICROSECONDS.sleep(random.nextInt(3_000));
				}
			}
			startIfStopped();
			this.client.reconnect();
		}

		private void startIfStopped() {
			try {
				this.client.start();
			}
			catch (IllegalStateException ex) {
				// It is just stopping.
				assertThat(ex).hasMessageContaining("cannot start while");
			}
		}

		private void serve(Random random) throws Exception {
			for (int i = 0; i < 15; i++) {
				switch (random.nextInt(4)) {
					case 0 -> {
						this.server.stop(Duration.ZERO);
						TimeUnit.MICROSECONDS.sleep(random.nextInt(3_000));
						this.server.start();
					}
					case 1 -> this.server.sessions().forEach(SocketSession::abort);
					case 2 -> this.server.sessions().forEach(SocketSession::close);
					default -> TimeUnit.MICROSECONDS.sleep(random.nextInt(3_000));
				}
			}
		}

		private void receive() {
			while (!this.over || this.client.state() != ClientState.CLOSED) {
				try {
					Received next = this.client.receive(Duration.ofMillis(10));
					if (next != null) {
						this.received.add(next);
					}
				}
				catch (IllegalStateException ex) {
					// Stopped: it may be started again.
					Thread.onSpinWait();
				}
			}
			try {
				for (Received next = this.client.receive(Duration.ZERO); next != null; next = this.client
					.receive(Duration.ZERO)) {
					this.received.add(next);
				}
			}
			catch (IllegalStateException ex) {
				// That was all.
			}
		}

		private void check() throws Exception {
			for (CompletableFuture<?> future : this.futures) {
				CompletableFuture<?> unused = future.handle((result, failure) -> null);
				unused.get(Patience.limit().toSeconds(), TimeUnit.SECONDS);
			}
			assertAlternate(this.events, "events");
			if (this.way.handler()) {
				assertThat(this.mostSessions.get()).isLessThanOrEqualTo(1);
				for (int i = 0; i < this.handled.size(); i++) {
					assertThat(this.handled.get(i)).isEqualTo((i % 2 == 0) ? "opened" : "closed");
				}
				assertThat(this.handled).hasSize(2 * (int) this.client.statistics().connected());
			}
			else {
				assertAlternate(this.received.stream()
					.filter((entry) -> !(entry instanceof Received.Payload))
					.map((entry) -> entry.getClass().getSimpleName().toLowerCase(Locale.ROOT))
					.toList(), "received");
			}
			ClientStatistics counted = this.client.statistics();
			long failed = counted.failed().values().stream().mapToLong(Long::longValue).sum();
			assertThat(counted.attempts())
				.as("attempts: connected %s, failed %s, cancelled %s", counted.connected(), failed, counted.cancelled())
				.isEqualTo(counted.connected() + failed + counted.cancelled());
			assertThat(counted.closed().values().stream().mapToLong(Long::longValue).sum())
				.isEqualTo(counted.connected());
			assertThat(counted.accepted())
				.isEqualTo(counted.delivered() + counted.undelivered() + counted.outboundDropped());
			assertThat(counted.pending()).isZero();
			assertThat(counted.pendingBytes()).isZero();
			assertThat(counted.pendingReplies()).isZero();
			assertThat(this.events.stream().filter("connected"::equals).count()).isEqualTo(counted.connected());
			this.server.stop();
			assertOrder();
			Awaitility.await().atMost(Patience.limit()).until(() -> this.servers.memoryUsed() == 0);
		}

		private static void assertAlternate(List<String> events, String what) {
			boolean connected = false;
			boolean closed = false;
			for (String event : events) {
				switch (event) {
					case "connected" -> {
						assertThat(connected).as("%s: %s", what, events).isFalse();
						connected = true;
						closed = false;
					}
					case "disconnected" -> {
						assertThat(connected).as("%s: %s", what, events).isTrue();
						connected = false;
					}
					default -> {
						assertThat(connected).as("%s: %s", what, events).isFalse();
						closed = true;
					}
				}
			}
			assertThat(closed).as("%s: %s", what, events).isTrue();
		}

		/**
		 * Of each sender in order; only what a connection began with may be a repetition.
		 */
		private void assertOrder() {
			Map<Character, Integer> last = new HashMap<>();
			for (List<String> session : this.served) {
				Map<Character, Integer> inSession = new HashMap<>();
				for (String payload : session) {
					char sender = payload.charAt(3);
					int number = Integer.parseInt(payload.substring(5));
					Integer before = inSession.put(sender, number);
					assertThat((before == null) || before < number).as("%s behind %s", number, before).isTrue();
				}
				inSession.forEach((sender, number) -> last.merge(sender, number, Math::max));
			}
			assertThat(last.keySet().stream().map(String::valueOf).collect(Collectors.toSet())).isSubsetOf("0", "1");
		}

		@Override
		public void close() {
			this.over = true;
			this.clients.close();
			this.servers.remove("stress");
		}

	}

	/** What a thread does. */
	private interface Task {

		void run() throws Exception;

	}

}
