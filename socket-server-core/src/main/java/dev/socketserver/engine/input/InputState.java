package dev.socketserver.engine.input;

/**
 * What a {@link Deframer} does with bytes.
 *
 * <pre>
 *             no room                 replies in a batch
 *   FULL ◀──────────────── READING ──────────────────────▶ MATCHING
 *     │  ────────────────▶  │   ▲  ◀──────────────────────   │
 *     │    room, or a    a pause │       all were matched     │
 *     │  reply is to come   ▼   │ no pause                    │
 *     └───────────────────▶ PAUSED ◀──────────────────────────┘
 *       room, in a pause              all were matched, in a pause
 *
 *   each ──the input ends, or is dropped──▶ DISCARDING
 * </pre>
 */
enum InputState {

	/** Bytes are decoded as they are received. */
	READING,

	/** The input has no room, and says when it has; reads may be paused, too. */
	FULL,

	/** Reads are paused. */
	PAUSED,

	/** Replies are being taken out of a batch on another thread. */
	MATCHING,

	/** No further frame will be made. */
	DISCARDING;

	/** Whether nothing is decoded until there is room, or no pause. */
	boolean isWaiting() {
		return this == FULL || this == PAUSED;
	}

}
