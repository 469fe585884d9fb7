package dev.socketserver.netty.connect;

/**
 * Whether a client that runs may have another connection.
 *
 * <pre>
 *   ALLOWED ──too many handlers do not return──▶ HELD_UP
 *    ▲    ◀────────half of them have returned──────  │
 *    │                                               │
 *    ├──────────finish─────▶ FINISHING ◀───finish────┘
 *    └───────finished────────┘
 * </pre>
 */
enum NextConnection {

	/** It may, when it is time for that, or when the client is started again. */
	ALLOWED,

	/** Handlers of lost connections have to be notified of their end first. */
	HELD_UP,

	/** The client has stopped, and what it had started is being given back. */
	FINISHING;

	/** Too many handlers of lost connections have not returned. */
	NextConnection heldUp() {
		return (this == ALLOWED) ? HELD_UP : this;
	}

	/** Half of those handlers have returned. */
	NextConnection returned() {
		return (this == HELD_UP) ? ALLOWED : this;
	}

	/** The client has stopped. */
	NextConnection finishing() {
		return FINISHING;
	}

	/** Everything was given back. */
	NextConnection finished() {
		return (this == FINISHING) ? ALLOWED : this;
	}

}
