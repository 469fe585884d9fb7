package dev.socketserver.engine.connect;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.client.ClientOutbox;
import dev.socketserver.engine.lane.LoopAwareFuture;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections of which others take the place: when they are too old, and once they
 * have finished what they have. {@link ConnectionPool} decides which these are.
 */
@SuppressWarnings("FutureReturnValueIgnored") // connections notify of their ends
final class Rotation {

	/** How long a connection may take to finish what it has. */
	private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(30);

	private final ClientContext client;

	private final ClientOutbox outbox;

	Rotation(ClientContext client, ClientOutbox outbox) {
		this.client = client;
		this.outbox = outbox;
	}

	/**
	 * Has a task run when a connection is too old.
	 * @param connection the connection, which is ready
	 * @param since for how long it has been ready, in nanoseconds
	 * @param task the task; none that was to be run before is run
	 */
	void whenOld(ClientConnection connection, long since, Runnable task) {
		Duration maxAge = ClientContext.pool(this.client.spec()).maxAge();
		if (maxAge != null) {
			double age = maxAge.toNanos() * ThreadLocalRandom.current().nextDouble(0.9, 1.1);
			connection.ages(Math.max(0, (long) age - since), task);
		}
		else {
			connection.agesNoMore();
		}
	}

	/** Another connection has taken the place of one, which ends in good order. */
	void drain(ConnectionPool.Replaced replaced) {
		ClientConnection old = replaced.connection();
		CloseStatus status = CloseStatus.of(CloseReason.ROTATED, replaced.reason().name());
		this.client.counters().countRotation(replaced.reason());
		ClientLog.rotated(this.client.client(), old.session(), replaced.reason());
		this.outbox.release(old, () -> old.stopAnswered(status));
		old.abortAfter(DRAIN_NANOS, status);
	}

	/** Returns what completes, on the background, when connections are closed. */
	CompletableFuture<@Nullable Void> closed(List<ClientConnection> old) {
		CompletableFuture<@Nullable Void> closed = new LoopAwareFuture<>();
		CompletableFuture.allOf(old.stream().map(ClientConnection::ended).toArray(CompletableFuture[]::new))
			.whenComplete((result, failure) -> this.client.engine().background().execute(() -> closed.complete(null)));
		return closed;
	}

}
