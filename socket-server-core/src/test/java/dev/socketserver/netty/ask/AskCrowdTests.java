package dev.socketserver.netty.ask;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionInfo;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.EngineSpec;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.OutboundOverflow;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Very many requests that wait at the same time.
 */
class AskCrowdTests {

	private static final Logger logger = LoggerFactory.getLogger(AskCrowdTests.class);

	private static final int REQUESTS = Rounds.SOAK ? 100_000 : 10_000;

	/** The shortest timeout; none may end before the last has been made. */
	private static final Duration TIMEOUT = Duration.ofSeconds(Rounds.SOAK ? 15 : 2);

	private static final int SESSIONS = 20;

	/** What one that waits is charged for. */
	private static final long CHARGE = 512;

	private static final long EARLY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	@RegisterExtension
	private final ServerFixture fixture = new ServerFixture();

	/**
	 * How late they are is asserted with the soak only: in a build other tests take the
	 * processors from this one. {@code DeadlinesTests} asserts with a clock of its own
	 * that each has its deadline.
	 */
	@Test
	void eachEndsAtItsTimeAndNoneHasAThread() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				(spec) -> spec.outbound((o) -> o.overflow(OutboundOverflow.BLOCK))
					.correlator((line) -> line.toString().split(":")[0]));
		List<Peer> peers = new ArrayList<>();
		Control control = new Control();
		control.start();
		try {
			for (int i = 0; i < SESSIONS; i++) {
				Peer peer = new Peer(server);
				peers.add(peer);
				CompletableFuture.runAsync(() -> readAll(peer), (task) -> new Thread(task).start());
			}
			Awaitility.await().until(() -> server.sessions().count() == SESSIONS);
			// On a busy machine the first may be over before the last has left.
			Duration shortest = TIMEOUT;
			while (!allWaitAndEnd(server, control, shortest)) {
				shortest = shortest.multipliedBy(2);
			}
			Awaitility.await().until(() -> this.fixture.servers.memoryUsed() < CHARGE);
		}
		finally {
			control.interrupt();
			Opened.closeAll(peers);
		}
	}

	/**
	 * Has all requests wait, and end.
	 * @return {@code false} if they could not all wait at one time
	 */
	private boolean allWaitAndEnd(SocketServer server, Control control, Duration shortest) {
		List<SocketSession> sessions = server.sessions().toList();
		Awaitility.await().until(() -> this.fixture.servers.memoryUsed() < CHARGE);
		long memory = this.fixture.servers.memoryUsed();
		int threads = Thread.activeCount();
		long timeouts = timeouts(server);
		long sent = server.statistics().messagesSent();
		AtomicInteger ended = new AtomicInteger();
		AtomicInteger early = new AtomicInteger();
		AtomicInteger late = new AtomicInteger();
		long[] differences = new long[REQUESTS];
		long begun = System.nanoTime();
		for (int i = 0; i < REQUESTS; i++) {
			int number = i;
			// Not all at one time.
			Duration timeout = shortest.plusMillis(i / 10);
			long due = System.nanoTime() + timeout.toNanos();
			CompletableFuture<?> unused = sessions.get(i % SESSIONS).ask(i + ":?", timeout).handle((reply, failure) -> {
				long difference = System.nanoTime() - due;
				differences[number] = difference;
				early.addAndGet((difference < -EARLY_NANOS || !(failure instanceof TimeoutException)) ? 1 : 0);
				late.addAndGet((difference > LATE_NANOS && !control.wasLateSince(due)) ? 1 : 0);
				return ended.incrementAndGet();
			});
		}
		Awaitility.await()
			.until(() -> server.statistics().messagesSent() - sent == REQUESTS || isOver(begun, shortest));
		int over = ended.get();
		int waiting = sessions.stream().mapToInt((session) -> session.info().requests()).sum();
		List<SessionInfo.Waiting> oldest = sessions.get(0).info().oldestRequests();
		long charged = this.fixture.servers.memoryUsed() - memory;
		int more = Thread.activeCount() - threads;
		boolean inTime = !isOver(begun, shortest);
		Awaitility.await().atMost(Patience.limit().plus(shortest)).until(() -> ended.get() == REQUESTS);
		if (!inTime) {
			return false;
		}

		assertThat(over).as("ended before the last was made").isZero();
		assertThat(waiting).isEqualTo(REQUESTS);
		assertThat(oldest).hasSize(16).first().satisfies((first) -> assertThat(first.key()).isEqualTo("0"));
		assertThat(charged).isGreaterThanOrEqualTo(REQUESTS * CHARGE);
		assertThat(more).as("threads").isLessThan(50);
		assertThat(early).as("too early, or with another outcome").hasValue(0);
		report(differences, late.get());
		if (Rounds.SOAK) {
			assertThat(late).as("later than that").hasValueLessThan(REQUESTS / 1000);
		}
		assertThat(timeouts(server) - timeouts).isEqualTo(REQUESTS);
		return true;
	}

	private static boolean isOver(long begun, Duration time) {
		return System.nanoTime() - begun >= time.toNanos();
	}

	private static long timeouts(SocketServer server) {
		return server.statistics().requests().getOrDefault(RequestOutcome.TIMEOUT, 0L);
	}

	private static void report(long[] differences, int late) {
		Arrays.sort(differences);
		logger.info(
				"{} requests, later than their timeouts by {} us (median), {} us (99 %), {} us (at most); "
						+ "{} more than 50 ms late, {} of them though nothing held up all threads",
				REQUESTS, micros(differences[REQUESTS / 2]), micros(differences[REQUESTS * 99 / 100]),
				micros(differences[REQUESTS - 1]),
				Arrays.stream(differences).filter((difference) -> difference > LATE_NANOS).count(), late);
	}

	private static long micros(long nanos) {
		return TimeUnit.NANOSECONDS.toMicros(nanos);
	}

	@Test
	void thoseThatWaitCountForTheMemoryLimit() throws Exception {
		try (NettySocketServers servers = new NettySocketServers(List::of,
				EngineSpec.defaults().eventLoopThreads(1).memoryLimit(1024 * 1024).logContext(false), () -> null,
				List::of)) {
			SocketServer server = servers.register(ServerSpec.builder("small")
				.handler(ServerHandler.function("lines", PayloadConverter.text(UTF_8), (line) -> line))
				.outbound((o) -> o.overflow(OutboundOverflow.BLOCK))
				.correlator((line) -> line.toString().split(":")[0])
				.build());
			server.start();
			try (Peer peer = new Peer(server)) {
				CompletableFuture.runAsync(() -> readAll(peer), (task) -> new Thread(task).start());
				SocketSession session = ServerFixture.session(server);
				CompletableFuture<CloseStatus> closed = session.closed();
				List<CompletableFuture<Object>> asked = new ArrayList<>();
				for (int i = 0; i < 10_000 && !closed.isDone(); i++) {
					asked.add(session.ask(i + ":?", Duration.ofMinutes(5)));
				}
				assertThat(Patience.await(closed).reason()).isEqualTo(CloseReason.MEMORY);
				for (CompletableFuture<Object> one : asked) {
					assertThat(one).failsWithin(Patience.limit())
						.withThrowableOfType(ExecutionException.class)
						.withCauseInstanceOf(SessionClosedException.class);
				}
				Awaitility.await().until(() -> servers.memoryUsed() == 0);
			}
		}
	}

	private static void readAll(Peer peer) {
		try {
			peer.timeout(Duration.ZERO);
			peer.in().transferTo(OutputStream.nullOutputStream());
		}
		catch (IOException ex) {
			// The connection is over.
		}
	}

	/**
	 * Wakes up every millisecond, and knows when it did so late: then nothing else on
	 * this machine can be in time.
	 */
	private static final class Control extends Thread {

		private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

		private volatile long lateAt = System.nanoTime();

		boolean wasLateSince(long nanos) {
			return this.lateAt - nanos > 0;
		}

		@Override
		public void run() {
			long before = System.nanoTime();
			while (!isInterrupted()) {
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
				long now = System.nanoTime();
				if (now - before > BUSY_NANOS) {
					this.lateAt = now;
				}
				before = now;
			}
		}

	}

}
