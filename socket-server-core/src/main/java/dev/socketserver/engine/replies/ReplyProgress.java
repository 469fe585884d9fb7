package dev.socketserver.engine.replies;

/**
 * How far replies have progressed that are asked for, and may arrive on any thread.
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

	/** They were not asked for. */
	NEW,

	/** Code is asked that may answer at once, on this very thread. */
	ASKING,

	/** They arrive later. */
	AWAITED,

	/** There are no more. */
	COMPLETE,

	/** They are not wanted any more. */
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

	/** They are not wanted any more. */
	ReplyProgress closes() {
		return CLOSED;
	}

}
