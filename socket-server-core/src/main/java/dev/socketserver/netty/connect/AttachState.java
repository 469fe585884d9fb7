package dev.socketserver.netty.connect;

/**
 * Whether what waits in a client is sent on a {@link ClientConnection}.
 *
 * <pre>
 *   NEW ──attach──▶ ATTACHED ──lost──▶ LOST
 *    └──────────────lost───────────────▲
 * </pre>
 */
enum AttachState {

	/** Not yet: its handler is notified first. */
	NEW,

	/** It is sent here. */
	ATTACHED,

	/** The connection is gone, and nothing is sent here any more. */
	LOST;

	/** Returns the state when what waits is to be sent here. */
	AttachState attached() {
		return (this == NEW) ? ATTACHED : this;
	}

	/** The connection is gone. */
	AttachState lost() {
		return LOST;
	}

}
