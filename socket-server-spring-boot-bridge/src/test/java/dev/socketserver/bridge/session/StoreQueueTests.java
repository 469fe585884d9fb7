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

	private final StoreQueue queue = new StoreQueue(
			new BridgeSettings("store", null, Key.SESSION, null, 4, Duration.ofHours(1), Duration.ofMillis(2),
					Duration.ofMillis(2), OnStoreFailure.WAIT, null, false),
			this::attempt, new BridgeStatistics("in", "store"), this.lane, this.lane);

	@AfterEach
	void close() {
		this.lane.shutdownNow();
	}

	private CompletionStage<?> attempt(InboundMessage message, Turn turn) {
		Attempt attempt = new Attempt(message.id(), new CompletableFuture<>());
		this.attempts.add(attempt);
		return attempt.outcome();
	}

	private CompletableFuture<?> store(String id) throws Exception {
		InboundMessage message = new InboundMessage("in", "session", new InetSocketAddress("127.0.0.1", 1), null, null,
				id, "session", Instant.now(), new byte[1]);
		return Patience.await(this.lane.submit(() -> this.queue.store(message).toCompletableFuture()));
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
		Patience.await(this.lane.submit(this.queue::abandon));
		again.outcome().complete(null);

		assertThat(first).succeedsWithin(Patience.limit());
		// What follows from it is over.
		Patience.await(this.lane.submit(() -> {
		}));
		assertThat(this.attempts).isEmpty();
		assertThat(second).isCompletedExceptionally();
		assertThatThrownBy(second::join).cause()
			.isInstanceOfSatisfying(CloseReasonException.class,
					(failure) -> assertThat(failure.reason()).isEqualTo(CloseReason.NOT_STORED));
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
