package dev.socketserver.engine.connect;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

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

	/** Is given each connection that is too old. */
	private final Consumer<ClientConnection> aged;

	Rotation(ClientContext client, ClientOutbox outbox, Consumer<ClientConnection> aged) {
		this.client = client;
		this.outbox = outbox;
		this.aged = aged;
	}

	/**
	 * Has a connection that is ready be given on when it is too old; called again when
	 * other settings are in force.
	 */
	void watchAge(ClientConnection connection) {
		Duration maxAge = ClientContext.pool(this.client.spec()).maxAge();
		if (maxAge != null) {
			double age = maxAge.toNanos() * ThreadLocalRandom.current().nextDouble(0.9, 1.1);
			connection.ages(Math.max(0, (long) age - connection.readiness().lasted()),
					() -> this.aged.accept(connection));
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
