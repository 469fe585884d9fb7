package dev.socketserver.session;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;

/**
 * A wait of the application's that may take as long as a peer likes.
 */
public final class LongWait {

	private LongWait() {
	}

	/**
	 * Waits until the blocker says that this is over. A pool whose thread this is runs
	 * another meanwhile, if it can: what our own does else must not depend on a peer.
	 * @param blocker waits
	 * @throws InterruptedException if the blocker throws it
	 */
	public static void on(ForkJoinPool.ManagedBlocker blocker) throws InterruptedException {
		try {
			ForkJoinPool.managedBlock(blocker);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// There is no other thread to be had: then without.
			boolean over = blocker.isReleasable();
			while (!over) {
				over = blocker.block();
			}
		}
	}

}
