package dev.socketserver.engine.stats;

import dev.socketserver.SessionStatistics.RequestOutcome;

/**
 * Counts what becomes of requests. Safe for use by several threads.
 */
public interface RequestStatistics {

	/**
	 * A request has ended.
	 * @param outcome how
	 * @param nanos nanoseconds since it was made
	 */
	void countRequest(RequestOutcome outcome, long nanos);

	/** A reply has come for which nobody waits. */
	void countReplyDropped();

}
