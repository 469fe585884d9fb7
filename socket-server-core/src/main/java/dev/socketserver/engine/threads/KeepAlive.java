package dev.socketserver.engine.threads;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the JVM from exiting: one thread that is no daemon, and lives for as long as it
 * is first used. All other threads of the engine are daemons. Guarded by its own monitor.
 */
public final class KeepAlive {

	private final DaemonThreads threads;

	private int holders;

	private @Nullable CompletableFuture<@Nullable Void> released;

	/**
	 * Creates an object that keeps nothing alive yet.
	 * @param threads make the thread
	 */
	public KeepAlive(DaemonThreads threads) {
		this.threads = threads;
	}

	public synchronized void acquire() {
		if (this.holders == 0) {
			CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
			// No interrupt ends this wait, only the end of the last holder does.
			Thread thread = this.threads.thread(end::join, "socket-server-keep-alive");
			thread.setDaemon(false);
			thread.start();
			this.released = end;
		}
		// Counted last: the system may have no thread to give.
		this.holders++;
	}

	public synchronized void release() {
		if (--this.holders == 0 && this.released != null) {
			this.released.complete(null);
			this.released = null;
		}
	}

	/** Returns a share, for several who ask together. */
	public Share share() {
		return new Share();
	}

	/**
	 * A share of several who ask: they can all be given up at once, and what they ask for
	 * or release afterwards no longer counts. Guarded by its own monitor.
	 */
	public final class Share {

		private int holders;

		private boolean ended;

		public synchronized void acquire() {
			if (!this.ended) {
				KeepAlive.this.acquire();
				this.holders++;
			}
		}

		public synchronized void release() {
			if (this.holders > 0) {
				this.holders--;
				KeepAlive.this.release();
			}
		}

		public synchronized void end() {
			this.ended = true;
			while (this.holders > 0) {
				release();
			}
		}

	}

}
