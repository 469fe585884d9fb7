package dev.socketserver.netty;

import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

/**
 * One non-daemon thread that lives while anybody asks for it, so that an application that
 * serves does not exit. All other threads of the engine are daemons. Guarded by itself.
 */
final class KeepAlive {

	private int holders;

	private @Nullable CountDownLatch released;

	synchronized void acquire() {
		if (this.holders++ == 0) {
			CountDownLatch latch = new CountDownLatch(1);
			Thread thread = new Thread(() -> await(latch), "socket-server-keep-alive");
			thread.setDaemon(false);
			thread.start();
			this.released = latch;
		}
	}

	synchronized void release() {
		if (--this.holders == 0 && this.released != null) {
			this.released.countDown();
			this.released = null;
		}
	}

	private static void await(CountDownLatch latch) {
		boolean waiting = true;
		while (waiting) {
			try {
				latch.await();
				waiting = false;
			}
			catch (InterruptedException ex) {
				// Only the last server's end ends this thread.
			}
		}
	}

	/** Returns what some of those who ask have in common. */
	Share share() {
		return new Share();
	}

	/**
	 * Holds of many that can be given up at once: what is released or asked for
	 * afterwards does not count any more. Guarded by itself.
	 */
	final class Share {

		private int holders;

		private boolean ended;

		synchronized void acquire() {
			if (!this.ended) {
				this.holders++;
				KeepAlive.this.acquire();
			}
		}

		synchronized void release() {
			if (this.holders > 0) {
				this.holders--;
				KeepAlive.this.release();
			}
		}

		synchronized void end() {
			this.ended = true;
			while (this.holders > 0) {
				release();
			}
		}

	}

}
