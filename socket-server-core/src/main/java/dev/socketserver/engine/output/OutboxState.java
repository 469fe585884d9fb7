package dev.socketserver.engine.output;

/**
 * What an {@link Outbox} still admits and does. Each state refuses whatever the one
 * before refuses, and none is left for an earlier one.
 *
 * <pre>
 *   OPEN ──shutdownOutput──▶ OUTPUT_ENDING ──all has left──▶ OUTPUT_ENDED
 *    │                             │                             │
 *    │ closeAfterReplies          │ close                       │ close
 *    ▼                             ▼                             ▼
 *   REPLYING ──repliesEnded──▶ CLOSING ◀─────────────────────────┘
 *                                  │
 *                                  └──all has left──▶ CLOSE_BEGUN
 *
 *   any of these ──abort──▶ ABORTED
 *   any of these ──the connection is gone──▶ CLOSED
 * </pre>
 */
enum OutboxState {

	/** Everything is admitted. */
	OPEN,

	/** Only replies to the call that has closed the session are admitted. */
	REPLYING,

	/** The output ends after what was admitted. */
	OUTPUT_ENDING,

	/** The peer was shown the end of the output. */
	OUTPUT_ENDED,

	/** The connection is closed after what was admitted. */
	CLOSING,

	/** The connection is being closed. */
	CLOSE_BEGUN,

	/** The connection is being reset: nothing more is sent. */
	ABORTED,

	/** The connection is gone. */
	CLOSED;

	/** Whether sends are refused. */
	boolean isRefusing() {
		return this != OPEN;
	}

	/** Whether replies are refused. */
	boolean isRefusingReplies() {
		return this != OPEN && this != REPLYING;
	}

	/** Whether nothing more is given to the connection. */
	boolean isSilent() {
		return compareTo(ABORTED) >= 0;
	}

	/**
	 * Returns the state when somebody wants another.
	 * @param wanted what is wanted
	 * @return that, or this if it is not to be left for that
	 */
	OutboxState advance(OutboxState wanted) {
		// A session that closes after its replies ends the output then anyway.
		boolean stays = compareTo(wanted) >= 0 || (this == REPLYING && wanted == OUTPUT_ENDING);
		return stays ? this : wanted;
	}

	/** Returns the state when everything that was admitted has left. */
	OutboxState allLeft() {
		return switch (this) {
			case OUTPUT_ENDING -> OUTPUT_ENDED;
			case CLOSING -> CLOSE_BEGUN;
			default -> this;
		};
	}

}
