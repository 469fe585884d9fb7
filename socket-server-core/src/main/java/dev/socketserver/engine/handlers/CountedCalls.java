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

	/**
	 * How long calls have taken. While calls are under way, less the age of the session
	 * when they began, and so negative: one field, since an idle session has it too.
	 * Written on the lane; another thread may see an older value.
	 */
	private long handlerNanos;

	CountedCalls(InvokedSession session) {
		this.session = session;
	}

	/** The session. */
	final InvokedSession session() {
		return this.session;
	}

	/** Whether the handler has more of the last frame than it may handle in one call. */
	abstract boolean unfinished();

	/** How long calls have taken so far, in nanoseconds. Any thread. */
	final long callNanos() {
		long nanos = this.handlerNanos;
		return (nanos >= 0) ? nanos : Math.max(0, nanos + System.nanoTime() - this.session.openedNanos());
	}

	/** Calls begin, which {@link #countCalls} will count. */
	final void callsBegin(long since) {
		this.handlerNanos -= since - this.session.openedNanos();
	}

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
		boolean called = calls > 0 || unfinished();
		long now = called ? System.nanoTime() : since;
		this.handlerNanos += now - this.session.openedNanos();
		this.uncounted += now - since;
		if (calls == 0) {
			return;
		}
		long nanos = this.uncounted;
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
