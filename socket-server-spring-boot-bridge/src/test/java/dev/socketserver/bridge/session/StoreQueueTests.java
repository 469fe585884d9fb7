package dev.socketserver.bridge.session;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseReasonException;
import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.properties.BridgeProperties.Key;
import dev.socketserver.bridge.properties.BridgeProperties.OnStoreFailure;
import dev.socketserver.fixtures.Patience;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The order in which connection and store go away, which peers cannot arrange. */
class StoreQueueTests {

	private final ScheduledExecutorService lane = Executors.newSingleThreadScheduledExecutor();

	private final BlockingQueue<Attempt> attempts = new LinkedBlockingQueue<>();

	private final HeldTimer heldTimer = new HeldTimer();

	private final StoreQueue queue = queue(Duration.ofHours(1), OnStoreFailure.WAIT, this.lane);

	@AfterEach
	void close() {
		this.lane.shutdownNow();
		this.heldTimer.shutdownNow();
	}

	private StoreQueue queue(Duration timeout, OnStoreFailure onFailure, ScheduledExecutorService timer) {
		return new StoreQueue(
				new BridgeSettings("store", null, Key.SESSION, null, 4, timeout, Duration.ofMillis(2),
						Duration.ofMillis(2), onFailure, null, false),
				this::attempt, new BridgeStatistics("in", "store"), timer, this.lane);
	}

	private CompletionStage<?> attempt(InboundMessage message, Turn turn) {
		Attempt attempt = new Attempt(message.id(), new CompletableFuture<>());
		this.attempts.add(attempt);
		return attempt.outcome();
	}

	private CompletableFuture<?> store(String id) throws Exception {
		return store(this.queue, id);
	}

	private CompletableFuture<?> store(StoreQueue queue, String id) throws Exception {
		InboundMessage message = new InboundMessage("in", "session", new InetSocketAddress("127.0.0.1", 1), null, null,
				id, "session", Instant.now(), new byte[1]);
		return Patience.await(this.lane.submit(() -> queue.store(message).toCompletableFuture()));
	}

	private Attempt nextAttempt(String id) {
		Attempt attempt = Patience.next(this.attempts);
		assertThat(attempt.id()).isEqualTo(id);
		return attempt;
	}

	@Test
	void nothingIsStoredAgainBehindTheOldestThatTheStoreHasWhenTheConnectionBreaks() throws Exception {
		CompletableFuture<?> first = store("a");
		CompletableFuture<?> second = store("b");
		nextAttempt("a").outcome().completeExceptionally(new IOException("away"));
		nextAttempt("b");
		Attempt again = nextAttempt("a");
		onLane(this.queue::abandon);
		again.outcome().complete(null);

		assertThat(first).succeedsWithin(Patience.limit());
		// What follows from it is over.
		onLane(() -> {
		});
		assertThat(this.attempts).isEmpty();
		assertGivenUp(second);
	}

	@Test
	void whatTheStoreHasIsAwaitedWhenMoreComesBehindTheEndOfTheConnection() throws Exception {
		CompletableFuture<?> first = store("a");
		CompletableFuture<?> second = store("b");
		Attempt running = nextAttempt("a");
		nextAttempt("b").outcome().completeExceptionally(new IOException("away"));
		onLane(this.queue::abandon);
		CompletableFuture<?> third = store("c");
		running.outcome().complete(null);

		assertThat(first).succeedsWithin(Patience.limit());
		onLane(() -> {
		});
		assertThat(this.attempts).isEmpty();
		assertGivenUp(second);
		assertGivenUp(third);
	}

	@Test
	void allThatTheStoreDoesNotAnswerIsGivenUpWhenTheTimeOfEachIsOver() throws Exception {
		Duration timeout = Duration.ofMillis(1);
		StoreQueue queue = queue(timeout, OnStoreFailure.ERROR, this.heldTimer);
		CompletableFuture<?> first = store(queue, "a");
		CompletableFuture<?> second = store(queue, "b");
		Check check = Patience.next(this.heldTimer.checks);
		while (!first.isDone()) {
			onLane(check.task());
			onLane(() -> {
			});
			check = Patience.next(this.heldTimer.checks);
		}
		// What is left of its time, as it came a moment later.
		assertThat(check.delay()).isLessThan(timeout);
		assertThat(second).isNotDone();
	}

	private void onLane(Runnable task) throws Exception {
		Patience.await(this.lane.submit(task));
	}

	private static void assertGivenUp(CompletableFuture<?> stored) {
		assertThat(stored).isCompletedExceptionally();
		assertThatThrownBy(stored::join).cause()
			.isInstanceOfSatisfying(CloseReasonException.class,
					(failure) -> assertThat(failure.reason()).isEqualTo(CloseReason.NOT_STORED));
	}

	/** Keeps what it is given for the test to run. */
	private static final class HeldTimer extends ScheduledThreadPoolExecutor {

		private final BlockingQueue<Check> checks = new LinkedBlockingQueue<>();

		HeldTimer() {
			super(1);
		}

		@Override
		public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
			this.checks.add(new Check(task, Duration.of(delay, unit.toChronoUnit())));
			return super.schedule(() -> {
			}, 1, TimeUnit.HOURS);
		}

	}

	/**
	 * A task of the timer.
	 *
	 * @param task the task
	 * @param delay when it is due
	 */
	private record Check(Runnable task, Duration delay) {

	}

	/**
	 * A message at the store.
	 *
	 * @param id its id
	 * @param outcome what becomes of it
	 */
	private record Attempt(String id, CompletableFuture<Object> outcome) {

	}

}
