package dev.socketserver.engine.client;

/**
 * Whether a {@link ClientOutbox} has a connection.
 *
 * <pre>
 *   DETACHED ──attach──▶ ATTACHED ──takes nothing more, or gives back──▶ ENDING
 *      ▲                  ▲    │                                         │   │
 *      │                  └────┼───────────────attach────────────────────┘   │
 *      └────────detach─────────┴───────────────detach────────────────────────┘
 * </pre>
 */
enum LinkState {

	/** There is no connection: payloads wait for one. */
	DETACHED,

	/** Payloads are handed over to the connection. */
	ATTACHED,

	/** The connection ends, and has not said so yet: payloads wait for the next one. */
	ENDING

}
