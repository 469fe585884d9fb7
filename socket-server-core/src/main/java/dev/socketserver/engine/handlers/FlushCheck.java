package dev.socketserver.engine.handlers;

import dev.socketserver.engine.lane.IoThread;

/**
 * Checks the clock between calls, for {@link HandlerCalls#flushIfSlow}: before the first
 * call and the fifth, then before every eighth, since a check costs as much as a good
 * part of a fast call; and before the next call once replies have waited too long. So
 * replies to fast calls may wait for up to eight slow ones after them.
 */
final class FlushCheck {

	private static final int FIRST_CHECK = 4;

	/** Calls without a check, at most. */
	private static final int MOST_CALLS = 8;

	private final HandlerCalls invoker;

	private final boolean checks = Thread.currentThread() instanceof IoThread;

	private int calls;

	private int nextCheck = FIRST_CHECK;

	FlushCheck(HandlerCalls invoker, long now) {
		this.invoker = invoker;
		if (this.checks) {
			invoker.flushIfSlow(now);
		}
	}

	/** A call is about to begin. */
	void next() {
		if (this.checks && this.calls++ == this.nextCheck) {
			boolean slow = this.invoker.flushIfSlow(System.nanoTime());
			this.nextCheck = slow ? this.calls : this.nextCheck + Math.min(this.nextCheck, MOST_CALLS);
		}
	}

}
