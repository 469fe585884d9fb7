package dev.socketserver.engine.connect;

/**
 * What a connection of a client is doing, from its attempt to its end.
 *
 * <pre>
 *   PROBING ──connected──▶ KEPT ──is wanted──▶ CONNECTING
 *
 *   CONNECTING ──connected──▶ OPENING ──ready──▶ READY ──another takes its place──▶ DRAINING
 *       │                        │                 │                                   │
 *       │                        └──────lost───────┴──▶ LOST                           │
 *       │                                                │                             │
 *       └──fails, is given up──────────▶ gone ◀──has given back all────────────────────┘
 * </pre>
 *
 * One that is {@link #PROBING} or {@link #KEPT} is gone when it fails, is lost or given
 * up.
 */
enum ConnectionPhase {

	/** An attempt is under way. */
	CONNECTING,

	/** An attempt is under way that is to show whether an address is available. */
	PROBING,

	/** It carries nothing, and shows whether its address keeps connections. */
	KEPT,

	/** It is connected, and takes nothing of the client yet. */
	OPENING,

	/** It takes payloads, as soon as its handler was notified of it. */
	READY,

	/** It takes nothing more, finishes what it has, and closes. */
	DRAINING,

	/** It is over, and has still to give back what it had. */
	LOST

}
