package dev.socketserver.engine.lane;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;

import dev.socketserver.engine.memory.Exhaustion;

/**
 * A wait in code of the application, which may last as long as a peer likes.
 */
public final class LongWait {

	private LongWait() {
	}

	/**
	 * Waits until the blocker says that the wait is over. If the thread belongs to a
	 * pool, that runs another one meanwhile if it can: other tasks of our background pool
	 * must not depend on a peer.
	 * @param blocker waits
	 * @throws InterruptedException if the blocker throws it
	 */
	public static void on(ForkJoinPool.ManagedBlocker blocker) throws InterruptedException {
		boolean over = Exhaustion.attempt(() -> withAnother(blocker)) || blocker.isReleasable();
		while (!over) {
			// There is no other thread: it waits without one.
			over = blocker.block();
		}
	}

	private static boolean withAnother(ForkJoinPool.ManagedBlocker blocker) throws InterruptedException {
		try {
			ForkJoinPool.managedBlock(blocker);
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

}
