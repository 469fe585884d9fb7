package dev.socketserver.engine.handlers;

import dev.socketserver.SessionStatistics.HandlerOutcome;

/**
 * Counts the calls of the handler of one session, all of one go together: reading the
 * clock for each would cost as much as a good part of a fast call. On the lane.
 */
abstract class CountedCalls {

	private final InvokedSession session;

	/** Calls that have succeeded since the counters were updated last. */
	private int succeeded;

	/** Calls that have failed since the counters were updated last. */
	private int failures;

	/**
	 * Nanoseconds spent on an unfinished frame, which the counters get with its last
	 * call.
	 */
	private long uncounted;

	CountedCalls(InvokedSession session) {
		this.session = session;
	}

	/** The session. */
	final InvokedSession session() {
		return this.session;
	}

	/** Whether the handler has more of the last frame than it may handle in one call. */
	abstract boolean unfinished();

	/** A call has succeeded. */
	final void succeeded() {
		this.succeeded++;
	}

	/** A call has failed. */
	final void failed() {
		this.failures++;
	}

	/** Counts all calls that were made in one go. */
	final void countCalls(long since) {
		int calls = this.succeeded + this.failures;
		if (calls == 0) {
			if (unfinished()) {
				this.uncounted += System.nanoTime() - since;
			}
			return;
		}
		long nanos = System.nanoTime() - since + this.uncounted;
		this.uncounted = 0;
		this.session.counters().countHandled(calls);
		if (this.failures == 0) {
			this.session.counters().countCalls(HandlerOutcome.SUCCESS, calls, nanos);
		}
		else {
			long share = nanos / calls;
			this.session.counters().countCalls(HandlerOutcome.ERROR, this.failures, share * this.failures);
			if (this.succeeded > 0) {
				this.session.counters()
					.countCalls(HandlerOutcome.SUCCESS, this.succeeded, nanos - share * this.failures);
			}
		}
		this.succeeded = 0;
		this.failures = 0;
	}

}
