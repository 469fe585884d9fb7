package dev.socketserver.engine.threads;

import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

/**
 * The scheduled end of something that may be over sooner, even before that end is
 * scheduled. What a timer keeps keeps its thread alive, too. Any thread.
 */
public final class Deadline {

	/** Guarded by this. */
	private @Nullable Future<?> end;

	/** Guarded by this. */
	private boolean over;

	/**
	 * The end is scheduled, once.
	 * @param end the end, which is cancelled at once if it was over before
	 */
	public synchronized void set(Future<?> end) {
		this.end = end;
		if (this.over) {
			end.cancel(false);
		}
	}

	/** It is over, and no end is to follow. */
	public synchronized void cancel() {
		this.over = true;
		if (this.end != null) {
			this.end.cancel(false);
		}
	}

}
