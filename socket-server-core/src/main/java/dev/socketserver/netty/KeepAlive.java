package dev.socketserver.netty;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * One non-daemon thread that lives while anybody asks for it, so that an application that
 * serves does not exit. All other threads of the engine are daemons. Guarded by itself.
 */
final class KeepAlive {

	private int holders;

	private @Nullable CompletableFuture<@Nullable Void> released;

	synchronized void acquire() {
		if (this.holders == 0) {
			CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
			// No interrupt ends this wait, only the last server's end does.
			Thread thread = new Thread(end::join, "socket-server-keep-alive");
			thread.setDaemon(false);
			thread.start();
			this.released = end;
		}
		// Last: the system may have no thread to give.
		this.holders++;
	}

	synchronized void release() {
		if (--this.holders == 0 && this.released != null) {
			this.released.complete(null);
			this.released = null;
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
				KeepAlive.this.acquire();
				this.holders++;
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
