package dev.socketserver.engine.input;

/**
 * What a {@link Deframer} does with bytes.
 *
 * <pre>
 *              no room, or a pause                replies in a batch
 *   WAITING ◀───────────────────── READING ──────────────────────────▶ MATCHING
 *      │    ─────────────────────▶    │     ◀──────────────────────────   │
 *      │      room, or no pause       │  all were matched; WAITING again  │
 *      │                              │  if reads were paused meanwhile   │
 *      │                              │ the input ends                    │
 *      └──────────────────────▶ DISCARDING ◀──────────────────────────────┘
 * </pre>
 */
enum InputState {

	/** Bytes are decoded as they are received. */
	READING,

	/** The input has no room, or reads are paused. */
	WAITING,

	/** Replies are being taken out of a batch on another thread. */
	MATCHING,

	/** No further frame will be made. */
	DISCARDING

}
