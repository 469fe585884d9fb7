package dev.socketserver.engine.output;

/**
 * What the event loop is doing for an {@link Outbox}.
 *
 * <pre>
 *   IDLE ──something was admitted──▶ SCHEDULED ──the loop comes──▶ IN_FLIGHT
 *    ▲                                   │                             │
 *    ├────────── nothing is there ◀──────┘                             │
 *    └────────── the connection has taken the batch ◀──────────────────┘
 * </pre>
 */
enum LoopTurn {

	/** Nothing: who admits something must ask it to come by. */
	IDLE,

	/** It was asked to come by, and has not come yet. */
	SCHEDULED,

	/** A write batch is with the connection; the loop comes by when it has left. */
	IN_FLIGHT

}
