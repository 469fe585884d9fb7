package dev.socketserver.engine.handlers;

/**
 * Whether the handler of a session is in a call that may return replies, and whether it
 * has closed the session in such a call: then the output ends after these replies.
 *
 * <pre>
 *   NONE ◀──────returns────── RUNNING
 *    │ ▲                       ▲  │
 *    │ └───────────────────────┼──┼── replies sent ──┐
 *    └──────────calls──────────┘  │ closes           │
 *                                 ▼                  │
 *                              CLOSING ──returns──▶ CLOSED
 *                                 ▲                  │
 *                                 └──────calls───────┘
 * </pre>
 */
enum CallState {

	/** The handler is in no such call. */
	NONE,

	/** The handler is in a call that may return replies. */
	RUNNING,

	/** The handler has closed the session in the call that it is in. */
	CLOSING,

	/** The handler has closed the session in a call whose replies are being sent. */
	CLOSED;

	/** Whether the handler is in a call that may return replies. */
	boolean isRunning() {
		return this == RUNNING || this == CLOSING;
	}

	/** Whether the output ends after the replies. */
	boolean isClosed() {
		return this == CLOSING || this == CLOSED;
	}

	/** The call begins. */
	CallState begins() {
		return isClosed() ? CLOSING : RUNNING;
	}

	/** The call returns. */
	CallState returns() {
		return isClosed() ? CLOSED : NONE;
	}

	/** The handler closes the session, in the call. */
	CallState closes() {
		return isRunning() ? CLOSING : this;
	}

	/** All replies of the call were sent, or none will be any more. */
	CallState repliesEnded() {
		return isRunning() ? RUNNING : NONE;
	}

}
