package dev.socketserver.netty;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.CloseStatus;
import dev.socketserver.Conversation;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.payload.PayloadConverter;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything at once, by a seed: whatever peers, handlers and operators do, each session
 * is notified of its beginning and its end once, each send its outcome once, and a stop
 * ends.
 */
@Tag("long")
@Tag("virtual-threads")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class StressTests {

	private static final int ROUNDS = Rounds.of("stress.rounds", 10, 1_000);

	private static final int PEERS = 12;

	/** How long a server waits for sessions that were aborted. */
	private static final long LEFT_BEHIND = TimeUnit.SECONDS.toNanos(2);

	private static final long SEED = Long.getLong("stress.seed", 20_240_229L);

	private final Queue wrong = new Queue();

	private final Map<String, AtomicInteger> opened = new ConcurrentHashMap<>();

	private final Map<String, AtomicInteger> closed = new ConcurrentHashMap<>();

	private final ConcurrentLinkedQueue<CompletableFuture<?>> sends = new ConcurrentLinkedQueue<>();

	private final AtomicInteger conversing = new AtomicInteger();

	private final AtomicInteger callbacksAsked = new AtomicInteger();

	private final AtomicInteger callbacksNotified = new AtomicInteger();

	/** Nothing is to be notified of, since no session was left behind. */
	private final AtomicBoolean stopped = new AtomicBoolean(true);

	/** When the sessions that are left were aborted, at the earliest. */
	private volatile long aborted;

	private final SocketServerListener listener = new SocketServerListener() {

		@Override
		public void started(SocketServer server) {
			StressTests.this.stopped.set(false);
		}

		@Override
		public void stopped(SocketServer server) {
			// Later, sessions are left behind whose threads have no processor.
			StressTests.this.stopped.set(System.nanoTime() - StressTests.this.aborted < LEFT_BEHIND);
		}

		@Override
		public void opened(SocketSession session) {
			if (StressTests.this.stopped.get()) {
				StressTests.this.wrong.add(session.id() + " opened behind the stop");
			}
			StressTests.this.opened.computeIfAbsent(session.id(), (id) -> new AtomicInteger()).incrementAndGet();
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			if (StressTests.this.stopped.get()) {
				StressTests.this.wrong.add(session.id() + " closed behind the stop");
			}
			StressTests.this.closed.computeIfAbsent(session.id(), (id) -> new AtomicInteger()).incrementAndGet();
		}

	};

	@Every.Way
	void nothingIsLostOrReportedTwice(Way way) throws Exception {
		nothingIsLostOrReportedTwice(way,
				new ServerHandler.Messages("erratic", PayloadConverter.text(UTF_8), false, (spec) -> new Erratic()));
	}

	@Every.BlockingWay
	void nothingIsLostOrReportedTwiceInConversations(Way way) throws Exception {
		nothingIsLostOrReportedTwice(way,
				ServerHandler.conversation("erratic", PayloadConverter.text(UTF_8), this::converse));
		assertThat(this.conversing.get()).isZero();
	}

	private void nothingIsLostOrReportedTwice(Way way, ServerHandler handler) throws Exception {
		Random random = new Random(SEED);
		ExecutorService threads = Executors.newCachedThreadPool();
		try (NettySocketServers servers = new NettySocketServers(List.of(this.listener))) {
			SocketServer server = servers.register(way.spec()
				.apply(ServerSpec.builder("test")
					.port(Ports.free())
					.handler(handler)
					.limits((l) -> l.frame(100).sessions(PEERS - 2))
					.inbound((i) -> i.capacity(4))
					.outbound((o) -> o.bytes(2_000)))
				.build());
			for (int round = 0; round < ROUNDS; round++) {
				round(server, new Random(random.nextLong()), threads);
				assertThat(this.wrong).as("round %s", round).isEmpty();
			}
			assertThat(this.opened.keySet()).isEqualTo(this.closed.keySet());
			assertThat(this.opened.values()).allMatch((count) -> count.get() == 1);
			assertThat(this.closed.values()).allMatch((count) -> count.get() == 1);
			assertThat(server.statistics().opened()).isEqualTo(this.opened.size());
		}
		finally {
			threads.shutdownNow();
		}
	}

	private void round(SocketServer server, Random random, ExecutorService threads) throws Exception {
		server.start();
		int port = server.localAddress().getPort();
		List<Callable<?>> actors = new ArrayList<>();
		for (int i = 0; i < PEERS; i++) {
			long seed = random.nextLong();
			actors.add(() -> peer(server, new Random(seed)));
		}
		long seed = random.nextLong();
		actors.add(() -> meddle(server, new Random(seed)));
		int pause = random.nextInt(15);
		Duration timeout = random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(random.nextInt(300));
		AtomicInteger stops = new AtomicInteger();
		AtomicBoolean first = new AtomicBoolean(true);
		Callable<?> stop = () -> {
			TimeUnit.MILLISECONDS.sleep(pause);
			long aborts = System.nanoTime() + timeout.toNanos();
			if (first.getAndSet(false)) {
				this.aborted = aborts;
			}
			if (server.stop(timeout)) {
				stops.incrementAndGet();
			}
			return null;
		};
		actors.add(stop);
		actors.add(stop);
		List<Future<?>> running = new ArrayList<>();
		for (Callable<?> actor : actors) {
			running.add(threads.submit(actor));
		}
		for (Future<?> each : running) {
			Patience.await(each);
		}
		Patience.await(server.stopped());
		check(stops.get() == 1, stops + " stops returned true");
		check(server.state() == ServerState.STOPPED, "state is " + server.state());
		if (this.stopped.get()) {
			check(server.statistics().active() == 0, server.statistics().active() + " sessions are active");
			check(server.sessions().findAny().isEmpty(), "sessions are registered");
		}
		Awaitility.await().until(() -> this.closed.size() == this.opened.size());
		try (Socket socket = new Socket("127.0.0.1", port)) {
			// Or it has found the free port for itself, and has connected to itself.
			check(socket.getLocalPort() == port, "the port still accepts");
		}
		catch (ConnectException ex) {
			// So it must be.
		}
		Patience.await(
				CompletableFuture.allOf(this.sends.toArray(CompletableFuture[]::new)).exceptionally((failure) -> null));
		this.sends.clear();
		// Those of sessions that were over may be called later.
		Awaitility.await().until(() -> this.callbacksAsked.get() == this.callbacksNotified.get());
	}

	private void check(boolean right, String message) {
		if (!right) {
			this.wrong.add(message);
		}
	}

	private @Nullable Object peer(SocketServer server, Random random) {
		try (Peer peer = new Peer(server)) {
			for (int step = random.nextInt(8); step >= 0; step--) {
				switch (random.nextInt(9)) {
					case 0 -> peer.send("one\ntwo\r\nthree\n");
					case 1 -> peer.sendByteByByte("caf\u00e9\r\n");
					case 2 -> peer.send("x".repeat(random.nextInt(150)));
					case 3 -> peer.send("\n".repeat(random.nextInt(200)));
					case 4 -> peer.endOutput();
					case 5 -> {
						peer.reset();
						return null;
					}
					case 6 -> peer.in().read(new byte[16]);
					case 7 -> peer.send("long\n".repeat(20));
					default -> TimeUnit.MILLISECONDS.sleep(random.nextInt(3));
				}
			}
			if (random.nextBoolean()) {
				peer.in().readAllBytes();
			}
		}
		catch (IOException | IllegalStateException ex) {
			// The server may stop, refuse or close at any time.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return null;
	}

	private @Nullable Object meddle(SocketServer server, Random random) throws Exception {
		for (int step = 0; step < 40; step++) {
			List<SocketSession> sessions = server.sessions().toList();
			if (!sessions.isEmpty()) {
				SocketSession session = sessions.get(random.nextInt(sessions.size()));
				switch (random.nextInt(9)) {
					case 0 -> session.close();
					case 1 -> session.abort();
					case 2 -> this.sends.add(session.send("meddled"));
					case 3 -> server.broadcast("all");
					case 4 -> callback(session);
					case 5 -> session.shutdownOutput();
					case 6 -> session.pauseReads();
					case 7 -> session.resumeReads();
					default -> session.info();
				}
			}
			TimeUnit.MICROSECONDS.sleep(random.nextInt(500));
		}
		return null;
	}

	private void callback(SocketSession session) {
		this.callbacksAsked.incrementAndGet();
		AtomicBoolean completed = new AtomicBoolean();
		session.send("called back", (failure) -> {
			if (completed.getAndSet(true)) {
				this.wrong.add("a callback was called twice");
			}
			this.callbacksNotified.incrementAndGet();
		});
	}

	/** A conversation that does anything, one in ten not even caring for the end. */
	private void converse(Conversation<String, Object> conversation) throws Exception {
		this.conversing.incrementAndGet();
		try {
			ThreadLocalRandom random = ThreadLocalRandom.current();
			boolean deaf = random.nextInt(10) == 0;
			while (receive(conversation, random) || deaf) {
				switch (random.nextInt(60)) {
					case 0 -> conversation.session().close();
					case 1 -> conversation.session().abort();
					case 2 -> throw new IllegalStateException("erratic");
					case 3 -> throw new StackOverflowError("erratic");
					case 4 -> conversation.session().shutdownOutput();
					case 5 -> this.sends.add(conversation.session().send("y".repeat(3_000)));
					case 6 -> callback(conversation.session());
					case 7 -> Thread.currentThread().interrupt();
					case 8 -> {
						return;
					}
					case 9 -> conversation.session().pauseReads();
					case 10 -> conversation.session().resumeReads();
					default -> conversation.send("z".repeat(random.nextInt(500)));
				}
			}
		}
		finally {
			this.conversing.decrementAndGet();
		}
	}

	private static boolean receive(Conversation<String, Object> conversation, ThreadLocalRandom random)
			throws IOException {
		try {
			return (random.nextBoolean() ? conversation.receive() : conversation.receive(Duration.ofMillis(1))) != null;
		}
		catch (TimeoutException ex) {
			return true;
		}
	}

	/** A handler that does anything, of which there is one for each session. */
	private final class Erratic implements SessionHandler {

		private final AtomicInteger inside = new AtomicInteger();

		private int state;

		private void enter(int from, int to) {
			if (this.inside.getAndIncrement() != 0) {
				StressTests.this.wrong.add("calls overlap");
			}
			if (this.state != from) {
				StressTests.this.wrong.add("state is " + this.state + " where it should be " + from);
			}
			this.state = to;
		}

		@Override
		public void opened(SocketSession session) {
			enter(0, 1);
			try {
				act(session);
			}
			finally {
				this.inside.decrementAndGet();
			}
		}

		@Override
		public @Nullable Object received(Object payload, SocketSession session) {
			enter(1, 1);
			try {
				return act(session);
			}
			finally {
				this.inside.decrementAndGet();
			}
		}

		private @Nullable Object act(SocketSession session) {
			switch (ThreadLocalRandom.current().nextInt(60)) {
				case 0 -> session.close();
				case 1 -> session.abort();
				case 2 -> throw new IllegalStateException("erratic");
				case 3 -> throw new StackOverflowError("erratic");
				case 4 -> session.shutdownOutput();
				case 5 -> StressTests.this.sends.add(session.send("y".repeat(3_000)));
				case 6 -> callback(session);
				case 7 -> Thread.currentThread().interrupt();
				case 8 -> {
					return "z".repeat(5_000);
				}
				case 9 -> {
					return null;
				}
				case 10 -> Thread.yield();
				default -> {
				}
			}
			return "reply";
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			enter(1, 2);
			this.inside.decrementAndGet();
			if (ThreadLocalRandom.current().nextInt(5) == 0) {
				throw new IllegalStateException("erratic at the end");
			}
		}

	}

	private static final class Queue extends ConcurrentLinkedQueue<String> {

		private static final long serialVersionUID = 1L;

	}

}
