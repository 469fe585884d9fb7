package dev.socketserver.netty.connect;

import java.util.concurrent.CountDownLatch;

/**
 * Handlers that do not return until they are released. Interrupts do not count.
 */
final class StuckHandlers {

	private final CountDownLatch released = new CountDownLatch(1);

	void release() {
		this.released.countDown();
	}

	/** Waits until all are released. */
	void stick() {
		boolean interrupted = false;
		while (true) {
			try {
				this.released.await();
				break;
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
