package dev.socketserver.chaos;

import java.util.concurrent.Callable;

import dev.socketserver.fixtures.Patience;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Waits as long as an action may take at the most.
 */
final class Await {

	private Await() {
	}

	/**
	 * Waits for a condition.
	 * @param failure what it is if the time is over
	 */
	static void until(Callable<Boolean> condition, String failure) {
		try {
			Awaitility.await().atMost(Patience.limit()).until(condition);
		}
		catch (ConditionTimeoutException ex) {
			throw new AssertionError(failure, ex);
		}
	}

}
