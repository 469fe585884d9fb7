package dev.socketserver.chaos;

import java.util.concurrent.TimeUnit;

/**
 * Waits until something has happened, for a limited time.
 */
final class Await {

	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

	private Await() {
	}

	/**
	 * Waits for a condition.
	 * @param failure what it is if the time is over
	 */
	static void until(Condition condition, String failure) throws Exception {
		long deadline = System.nanoTime() + PATIENCE_NANOS;
		while (!condition.isMet()) {
			if (System.nanoTime() - deadline > 0) {
				throw new AssertionError(failure);
			}
			Pause.millis(30);
		}
	}

	/** What is waited for. */
	interface Condition {

		boolean isMet() throws Exception;

	}

}
