package dev.socketserver.engine.handlers;

import dev.socketserver.engine.lane.IoThread;

/**
 * Looks at the clock between calls, for {@link HandlerCalls#flushIfSlow}: before the
 * first call and the fifth, then before every eighth, since a look costs as much as a
 * good part of a fast call; and before the next call once replies have waited too long.
 * So replies to fast calls may wait for up to eight slow ones behind them.
 */
final class Pace {

	private static final int FIRST_LOOK = 4;

	/** Calls without a look, at most. */
	private static final int MOST_CALLS = 8;

	private final HandlerCalls invoker;

	private final boolean looks = Thread.currentThread() instanceof IoThread;

	private int calls;

	private int nextLook = FIRST_LOOK;

	Pace(HandlerCalls invoker, long now) {
		this.invoker = invoker;
		if (this.looks) {
			invoker.flushIfSlow(now);
		}
	}

	/** A call is about to begin. */
	void next() {
		if (this.looks && this.calls++ == this.nextLook) {
			boolean slow = this.invoker.flushIfSlow(System.nanoTime());
			this.nextLook = slow ? this.calls : this.nextLook + Math.min(this.nextLook, MOST_CALLS);
		}
	}

}
