package dev.socketserver.engine.handlers;

/**
 * What a {@link MessageInvoker} may still do.
 *
 * <pre>
 *        ◀──revived──
 *   OPEN ──stalled──▶ STALLED
 *    │                   │
 *    │ disconnected      │ disconnected
 *    ▼                   ▼
 *   LOST ──stalled──▶ LOST_STALLED
 *        ◀──revived──
 *    │                   │
 *    └──────▶ ENDED ◀────┘
 * </pre>
 */
enum InvokerState {

	/** Frames are handled as they come. */
	OPEN,

	/**
	 * The handler has taken nothing of a full read buffer, and is given nothing more,
	 * unless the application resumes reads.
	 */
	STALLED,

	/** The connection is gone: what came before is still handled. */
	LOST,

	/** The connection of a handler that takes nothing more is gone. */
	LOST_STALLED,

	/** The handler has been notified of the end, or is about to be. */
	ENDED;

	/** Whether the handler is given nothing more, as it takes nothing. */
	boolean isStalled() {
		return this == STALLED || this == LOST_STALLED;
	}

	/** Whether the connection is gone. */
	boolean isLost() {
		return this == LOST || this == LOST_STALLED || this == ENDED;
	}

	/** The handler takes nothing more. */
	InvokerState stalled() {
		return switch (this) {
			case OPEN, STALLED -> STALLED;
			case LOST, LOST_STALLED -> LOST_STALLED;
			case ENDED -> ENDED;
		};
	}

	/** The handler has taken something after all. */
	InvokerState revived() {
		return switch (this) {
			case OPEN, STALLED -> OPEN;
			case LOST, LOST_STALLED -> LOST;
			case ENDED -> ENDED;
		};
	}

	/** The connection is gone. */
	InvokerState disconnected() {
		return switch (this) {
			case OPEN, LOST -> LOST;
			case STALLED, LOST_STALLED -> LOST_STALLED;
			case ENDED -> ENDED;
		};
	}

}
