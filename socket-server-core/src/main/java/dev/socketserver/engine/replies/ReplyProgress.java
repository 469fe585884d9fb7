package dev.socketserver.engine.replies;

/**
 * How far replies have come that are asked for, and may come on any thread.
 *
 * <pre>
 *   NEW ──ask──▶ ASKING ◀──ask── AWAITED
 *                  │ └──returns────▲ │
 *                  │ complete        │ complete
 *                  ▼                 ▼
 *               COMPLETE ◀───────────┘
 *
 *   any ──close──▶ CLOSED
 * </pre>
 */
enum ReplyProgress {

	/** Nobody was asked for them. */
	NEW,

	/** Somebody is asked, who may answer at once, on this very thread. */
	ASKING,

	/** They come later. */
	AWAITED,

	/** There are no more. */
	COMPLETE,

	/** Nobody wants them any more. */
	CLOSED;

	/** Somebody is asked for replies. */
	ReplyProgress asks() {
		return (this == NEW || this == AWAITED) ? ASKING : this;
	}

	/** Who was asked has returned. */
	ReplyProgress returns() {
		return (this == ASKING) ? AWAITED : this;
	}

	/** There are no more. */
	ReplyProgress completes() {
		return (this == ASKING || this == AWAITED) ? COMPLETE : this;
	}

	/** Nobody wants them any more. */
	ReplyProgress closes() {
		return CLOSED;
	}

}
