package dev.socketserver.engine.client;

/**
 * Whether a connection takes payloads of its {@link ClientOutbox}.
 *
 * <pre>
 *   attach ──▶ ATTACHED ──release──▶ DRAINING ──gives back──▶ ENDING
 *                 │  │                  │                      ▲  │
 *                 │  └──takes nothing more, or gives back──────┘  │
 *                 └────detach───────────┴─────────detach──────────┴──▶ DETACHED
 * </pre>
 */
enum LinkState {

	/** Payloads are handed over to the connection. */
	ATTACHED,

	/** The connection takes no more payloads; those that it has leave. */
	DRAINING,

	/** The connection ends, and has not said so yet: payloads wait for another one. */
	ENDING,

	/** It is over, and has given back what it had, or is about to. */
	DETACHED

}
