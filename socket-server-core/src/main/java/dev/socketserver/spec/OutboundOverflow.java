package dev.socketserver.spec;

/**
 * What {@link dev.socketserver.SocketSession#send} does when a session has more unsent
 * output than it may have. Replies, and what stream and conversation handlers write, are
 * never refused and never dropped: they wait.
 */
public enum OutboundOverflow {

	/** The send fails at once with {@link dev.socketserver.OutboundFullException}. */
	FAIL,

	/**
	 * The sender waits for room, after those who wait already. The send fails with
	 * {@link dev.socketserver.SessionClosedException} if the session closes meanwhile,
	 * and with {@link java.io.InterruptedIOException} if the thread is interrupted, which
	 * it still is afterwards. A thread that does I/O must not wait, and a broadcast does
	 * not: there it acts as {@link #FAIL}.
	 */
	BLOCK,

	/**
	 * The new write is dropped, and counted; it fails with
	 * {@link dev.socketserver.OutboundFullException}.
	 */
	DROP_NEWEST,

	/**
	 * The oldest sends that have not begun to leave are dropped, and counted, until there
	 * is room; they fail with {@link dev.socketserver.OutboundFullException}. Where that
	 * would not make room, the new one is dropped instead.
	 */
	DROP_OLDEST,

	/**
	 * The session closes with {@link dev.socketserver.CloseReason#SLOW_CONSUMER}, and
	 * what is unsent is lost: the peer sees a reset. The send fails with
	 * {@link dev.socketserver.OutboundFullException}.
	 */
	CLOSE

}
