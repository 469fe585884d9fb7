package dev.socketserver.engine.output;

/**
 * What an {@link Outbox} still admits, and what follows when all of that has left. Each
 * state refuses whatever the one before refuses, and none is left for an earlier one. Why
 * the session ends is not known here.
 *
 * <pre>
 *   OPEN ──shutdownOutput──▶ OUTPUT_ENDING ──all has left──▶ OUTPUT_ENDED
 *    │                             │                             │
 *    │ closeAfterReplies           │ close                       │ close
 *    ▼                             ▼                             ▼
 *   REPLYING ──repliesEnded──▶ CLOSING ◀─────────────────────────┘
 *                                  │
 *                                  └──all has left──▶ ENDED
 *
 *   any of these ──abort, or the connection is gone──▶ ENDED
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

	/** Nothing more is given to the connection, which is closed, reset, or gone. */
	ENDED;

	/** Whether sends are refused. */
	boolean refusesSends() {
		return this != OPEN;
	}

	/** Whether replies are refused. */
	boolean refusesReplies() {
		return compareTo(REPLYING) > 0;
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
			case CLOSING -> ENDED;
			default -> this;
		};
	}

}
