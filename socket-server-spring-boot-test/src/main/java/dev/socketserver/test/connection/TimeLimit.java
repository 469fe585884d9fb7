package dev.socketserver.test.connection;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Ends the connection, unless this is closed before the timeout: for operations that have
 * no time limit of their own, such as a blocking write.
 */
public final class TimeLimit implements AutoCloseable {

	private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();

	private final CompletableFuture<@Nullable Void> watched;

	public TimeLimit(TestConnection connection, Duration timeout, String why) {
		this.watched = this.done.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS).exceptionally((late) -> {
			connection.abort(why);
			return null;
		});
	}

	public boolean exceeded() {
		return this.done.isCompletedExceptionally();
	}

	@Override
	public void close() {
		this.done.complete(null);
		this.watched.join();
	}

	/**
	 * Checks a time limit.
	 * @throws IllegalArgumentException if it is not positive
	 */
	public static Duration positive(Duration timeout) {
		if (timeout.isZero() || timeout.isNegative()) {
			throw new IllegalArgumentException("timeout is " + timeout + ", but must be positive");
		}
		return timeout;
	}

	public static String text(Duration duration) {
		return (duration.toMillis() % 1000 == 0) ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
	}

}
