package dev.socketserver.engine.blocking;

/**
 * How far the session of a {@link BlockingInvoker} has progressed. It ends when both the
 * call of its handler and its connection have.
 *
 * <pre>
 *   OPEN ──the call returns──▶ RETURNED ──the connection is gone──▶ ENDED
 *    │ │                                                            ▲ ▲
 *    │ └──no thread──▶ UNSERVED ─────the connection is gone─────────┘ │
 *    │                                                                │
 *    └──the connection is gone──▶ LOST ──the call returns, no thread──┘
 * </pre>
 */
enum BlockingState {

	/** The handler is in its call, or is about to be. */
	OPEN,

	/** The handler has returned; the connection is being closed. */
	RETURNED,

	/** The handler got no thread: whoever stops the session must close it. */
	UNSERVED,

	/** The connection is gone; the handler has not returned. */
	LOST,

	/** Both are over. */
	ENDED;

	/** The handler has returned. */
	BlockingState returned() {
		return callEnded(RETURNED);
	}

	/** The handler gets no thread. */
	BlockingState unserved() {
		return callEnded(UNSERVED);
	}

	private BlockingState callEnded(BlockingState before) {
		return switch (this) {
			case OPEN -> before;
			case LOST -> ENDED;
			default -> this;
		};
	}

	/** The connection is gone. */
	BlockingState disconnected() {
		return switch (this) {
			case OPEN -> LOST;
			case RETURNED, UNSERVED -> ENDED;
			default -> this;
		};
	}

}
