package dev.socketserver;

/**
 * What {@link SocketSession#send} does when a session has more unsent output than it may
 * have. Replies, and what stream and conversation handlers write, are never refused and
 * never dropped: they wait.
 */
public enum OutboundOverflow {

	/** The send fails at once with {@link OutboundFullException}. */
	FAIL,

	/**
	 * The sender waits for room. A thread that does I/O must not wait: there it acts as
	 * {@link #FAIL}.
	 */
	BLOCK,

	/**
	 * The new write is dropped, and counted; it fails with {@link OutboundFullException}.
	 */
	DROP_NEWEST,

	/**
	 * The oldest sends that have not begun to leave are dropped, and counted, until there
	 * is room; they fail with {@link OutboundFullException}.
	 */
	DROP_OLDEST,

	/**
	 * The session closes with {@link CloseReason#SLOW_CONSUMER}, and what is unsent is
	 * lost.
	 */
	CLOSE

}
