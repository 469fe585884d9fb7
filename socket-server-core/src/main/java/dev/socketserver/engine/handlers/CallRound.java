package dev.socketserver.engine.handlers;

import dev.socketserver.operator.IoThread;

/**
 * Calls of one handler that are made one after the other, without anything in between:
 * they are counted together, since reading the clock for each would cost as much as a
 * good part of a fast call. For the same reason it is not checked before each whether
 * replies have waited too long for a flush: before the first call and the fifth, then
 * before every eighth; and before the next call once they have. So replies to fast calls
 * may wait for up to eight slow ones after them.
 * <p>
 * It never escapes, so that the compiler allocates no object.
 */
final class CallRound {

	private static final int FIRST_CHECK = 4;

	/** Calls without a check, at most. */
	private static final int MOST_CALLS = 8;

	/** Stands for the rest of the last frame. */
	private static final Object REST = new Object();

	/** Off the loop replies are only passed on, which is done at once. */
	private static final int NO_CHECK = -1;

	private final HandlerCalls calls;

	private final long since = System.nanoTime();

	private int made;

	/** Before which call the clock is checked. */
	private int nextCheck = NO_CHECK;

	private int succeeded;

	private int failed;

	/** Begins a round, which {@link #end} ends. */
	CallRound(HandlerCalls calls) {
		this.calls = calls;
		calls.roundBegins(this.since);
		if (Thread.currentThread() instanceof IoThread) {
			this.nextCheck = FIRST_CHECK;
			calls.replies().flushIfSlow(this.since);
		}
	}

	/**
	 * Handles a frame.
	 * @param frame the frame
	 * @param later what becomes of replies that are not there yet
	 * @return whether the handler has done with it
	 */
	boolean handle(Object frame, ReplySender.Later later) {
		if (this.made++ == this.nextCheck) {
			boolean slow = this.calls.replies().flushIfSlow(System.nanoTime());
			this.nextCheck = slow ? this.made : this.nextCheck + Math.min(this.nextCheck, MOST_CALLS);
		}
		CallOutcome outcome = this.calls.handle(frame, later);
		this.succeeded += (outcome == CallOutcome.SUCCEEDED) ? 1 : 0;
		this.failed += (outcome == CallOutcome.FAILED) ? 1 : 0;
		return outcome != CallOutcome.UNFINISHED;
	}

	/**
	 * Has the handler go on with the last frame, if it has more of that.
	 * @param later what becomes of replies that are not there yet
	 * @return whether it had
	 */
	boolean handleRest(ReplySender.Later later) {
		if (!this.calls.unfinished()) {
			return false;
		}
		handle(REST, later);
		return true;
	}

	void end() {
		this.calls.roundEnds(this.since, this.succeeded, this.failed);
	}

}
