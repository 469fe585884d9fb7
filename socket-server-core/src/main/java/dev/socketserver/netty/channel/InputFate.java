package dev.socketserver.netty.channel;

/**
 * What becomes of the input of a {@link SessionChannel}.
 *
 * <pre>
 *   HEARD ──drop──▶ DROPPED ──gone──▶ GONE
 *     └───────────────gone─────────────▲
 * </pre>
 */
enum InputFate {

	/** The session gets it, unless its own output is ending. */
	HEARD,

	/** A handler in front drops it, before it is decrypted. */
	DROPPED,

	/** The session was notified that the connection is gone: there is no more. */
	GONE;

	/** Somebody has a handler drop it. */
	InputFate dropped() {
		return (this == HEARD) ? DROPPED : this;
	}

	/** The session is notified that the connection is gone. */
	InputFate gone() {
		return GONE;
	}

}
