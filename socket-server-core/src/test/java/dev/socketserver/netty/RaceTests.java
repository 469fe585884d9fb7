package dev.socketserver.netty;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions that several sides end at the same instant, and peers that vanish while they
 * are written to. What happens goes by a seed, which a failure names:
 * {@code -Drace.seed=… -Drace.rounds=1} runs the round again.
 */
@Tag("long")
@Tag("virtual-threads")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class RaceTests {

	private static final int ROUNDS = Rounds.of("race.rounds", 12, 1_000);

	private static final long SEED = Long.getLong("race.seed", 19_720_514L);

	private static final String BLOCK = "x".repeat(64 * 1024 - 1);

	private final Map<String, Observed> observed = new ConcurrentHashMap<>();

	private final NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {

		@Override
		public void opened(SocketSession session) {
			observed(session).session.complete(session);
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			observed(session).ends.add(status);
		}

	}));

	private final ExecutorService threads = Executors.newCachedThreadPool();

	/** Who may end a session. */
	private enum Side {

		PEER_RESETS, PEER_ENDS, HANDLER_CLOSES, HANDLER_THROWS, HANDLER_ABORTS, THREAD_CLOSES, THREAD_ABORTS,
		OPERATOR_CLOSES, SERVER_STOPS

	}

	private Observed observed(SocketSession session) {
		return this.observed.computeIfAbsent(session.id(), (id) -> new Observed());
	}

	private Map<OutboundOverflow, SocketServer> servers(Way way) {
		Map<OutboundOverflow, SocketServer> map = new EnumMap<>(OutboundOverflow.class);
		for (OutboundOverflow overflow : OutboundOverflow.values()) {
			ServerHandler handler = new ServerHandler.Messages("racing", PayloadConverter.text(UTF_8), false,
					(spec) -> new Racing());
			map.put(overflow,
					this.servers.register(way.spec()
						.apply(ServerSpec.builder("race" + overflow.ordinal())
							.handler(handler)
							.outbound((o) -> o.overflow(overflow).capacity(8)))
						.build()));
		}
		return map;
	}

	/**
	 * With io_uring the kernel reports a reset to a write or a read, as chance has it.
	 */
	static Stream<Way> waysOfEveryTransport() {
		Stream<Way> uring = ServerFixture.everyTransport()
			.filter((transport) -> transport == SocketTransport.IO_URING)
			.flatMap((transport) -> ServerFixture.modes().map((mode) -> new Way(transport, mode, false)));
		return Stream.concat(ServerFixture.ways(), uring);
	}

	@Every.Way
	void sessionThatSeveralSidesEndEndsOnce(Way way) throws Exception {
		rounds(way, this::closeFromSeveralSides);
	}

	@ParameterizedTest
	@MethodSource("waysOfEveryTransport")
	void peerThatResetsDuringWritesEndsTheSessionOnce(Way way) throws Exception {
		rounds(way, this::resetDuringWrites);
	}

	private void rounds(Way way, Round body) throws Exception {
		try {
			Map<OutboundOverflow, SocketServer> all = servers(way);
			Rounds.run("race", ROUNDS, SEED, (random) -> {
				SocketServer server = all.get(OutboundOverflow.values()[random.nextInt(all.size())]);
				server.start();
				body.run(server, random);
			});
		}
		finally {
			this.servers.close();
			this.threads.shutdownNow();
		}
	}

	private interface Round {

		void run(SocketServer server, Random random) throws Exception;

	}

	private void closeFromSeveralSides(SocketServer server, Random random) throws Exception {
		List<Side> sides = new ArrayList<>(List.of(Side.values()));
		Collections.shuffle(sides, random);
		sides = sides.subList(0, 2 + random.nextInt(3));
		boolean reads = random.nextBoolean();
		int sends = random.nextInt(12);
		Duration timeout = Duration.ofMillis(random.nextInt(30));
		CountDownLatch start = new CountDownLatch(1);
		List<Future<?>> running = new ArrayList<>();
		Observed seen;
		try (Peer peer = new Peer(server)) {
			seen = begin(server, peer);
			SocketSession session = Patience.await(seen.session);
			if (random.nextBoolean()) {
				peer.send("send\n");
			}
			running.add(this.threads.submit(() -> {
				start.await();
				for (int i = 0; i < sends; i++) {
					seen.send(session, false);
				}
				return null;
			}));
			for (Side side : sides) {
				running.add(this.threads.submit(() -> {
					start.await();
					act(side, peer, session, server, timeout);
					return null;
				}));
			}
			start.countDown();
			if (reads && !sides.contains(Side.PEER_RESETS)) {
				readAll(peer);
			}
			for (Future<?> each : running.subList(1, running.size())) {
				Patience.await(each);
			}
		}
		Patience.await(running.get(0));
		check(server, seen);
	}

	private static void act(Side side, Peer peer, SocketSession session, SocketServer server, Duration timeout) {
		try {
			switch (side) {
				case PEER_RESETS -> peer.reset();
				case PEER_ENDS -> peer.endOutput();
				case HANDLER_CLOSES -> peer.send("close\n");
				case HANDLER_THROWS -> peer.send("throw\n");
				case HANDLER_ABORTS -> peer.send("abort\n");
				case THREAD_CLOSES -> session.close();
				case THREAD_ABORTS -> session.abort();
				case OPERATOR_CLOSES -> session.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
				case SERVER_STOPS -> server.stop(timeout);
			}
		}
		catch (IOException ex) {
			// Another side was first.
		}
	}

	private static void readAll(Peer peer) {
		try {
			peer.in().readAllBytes();
		}
		catch (IOException ex) {
			// It was reset, or closed by another thread of ours, or it was not closed.
		}
	}

	private void resetDuringWrites(SocketServer server, Random random) throws Exception {
		int before = random.nextInt(256 * 1024);
		int sends = 40 + random.nextInt(40);
		boolean fromHandler = random.nextBoolean();
		Peer peer = new Peer(server);
		Observed seen = begin(server, peer);
		SocketSession session = Patience.await(seen.session);
		Future<?> sender = this.threads.submit(() -> {
			for (int i = 0; i < sends; i++) {
				seen.send(session, false);
			}
		});
		try {
			if (fromHandler) {
				peer.send("send\nreply\nreply\n");
			}
			peer.in().readNBytes(before);
		}
		catch (IOException ex) {
			// Too many sends may have ended the session.
		}
		peer.reset();
		Patience.await(sender);
		check(server, seen);
		assertThat(seen.ends.element().reason()).isIn(CloseReason.PEER_RESET, CloseReason.SLOW_CONSUMER);
	}

	/** Waits until the peer's session has begun. */
	private Observed begin(SocketServer server, Peer peer) {
		String address = "127.0.0.1:" + peer.localPort();
		SocketSession session = await().until(() -> server.sessions()
			.filter((each) -> each.remoteAddress().toString().endsWith(address))
			.findFirst()
			.orElse(null), (found) -> found != null);
		return observed(session);
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
	}

	private static void check(SocketServer server, Observed seen) throws Exception {
		SocketSession session = Patience.await(seen.session);
		CloseStatus status = Patience.await(session.closed());
		Patience.await(CompletableFuture.allOf(seen.futures.toArray(CompletableFuture[]::new))
			.exceptionally((failure) -> null));
		await().until(() -> seen.callbacksNotified.get() == seen.callbacksAsked.get());
		assertThat(seen.wrong).isEmpty();
		// Who asks for the end when the handler was notified does not wait for listeners.
		await().until(() -> !seen.ends.isEmpty());
		assertThat(seen.ends).containsExactly(status);
		assertThat(seen.handlerEnds).containsExactly(status);
		assertThat(session.info().closed()).isEqualTo(status);
		assertThat(session.info().pendingWrites()).isZero();
		assertThat(session.info().pendingBytes()).isZero();
		await().until(() -> server.sessions().findAny().isEmpty());
		assertThat(server.statistics().opened())
			.isEqualTo(server.statistics().closed().values().stream().mapToLong(Long::longValue).sum());
	}

	/** What became of a session. */
	private static final class Observed {

		private final CompletableFuture<SocketSession> session = new CompletableFuture<>();

		private final Queue<CloseStatus> ends = new ConcurrentLinkedQueue<>();

		private final Queue<CloseStatus> handlerEnds = new ConcurrentLinkedQueue<>();

		private final Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();

		private final AtomicInteger callbacksAsked = new AtomicInteger();

		private final AtomicInteger callbacksNotified = new AtomicInteger();

		private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

		/** Sends twice, once with a callback. */
		void send(SocketSession session, boolean onLane) {
			this.futures.add(session.send(BLOCK));
			this.callbacksAsked.incrementAndGet();
			AtomicInteger completions = new AtomicInteger();
			session.send(BLOCK, (failure) -> {
				if (completions.incrementAndGet() != 1) {
					this.wrong.add("a callback was called twice");
				}
				if (onLane && !this.handlerEnds.isEmpty()) {
					this.wrong.add("a callback was called after closed");
				}
				this.callbacksNotified.incrementAndGet();
			});
		}

	}

	private final class Racing implements SessionHandler {

		@Override
		public @Nullable Object received(Object payload, SocketSession session) {
			Observed seen = observed(session);
			if (!seen.handlerEnds.isEmpty()) {
				seen.wrong.add("a frame was received after closed");
			}
			switch ((String) payload) {
				case "send" -> {
					for (int i = 0; i < 5; i++) {
						seen.send(session, true);
					}
				}
				case "close" -> session.close();
				case "abort" -> session.abort();
				case "throw" -> throw new IllegalStateException("as the race has it");
				default -> {
					return BLOCK;
				}
			}
			return null;
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			observed(session).handlerEnds.add(status);
		}

	}

}
