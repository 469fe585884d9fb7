package dev.socketserver.engine.drain;

/**
 * What {@link Turns} do.
 *
 * <pre>
 *   NEW ──begin──▶ RUNNING ──no session left──▶ DONE
 *    │              │    ▲                       │
 *    │              │    └─────a late session────┤
 *    └────cancel────┴──────────cancel────────────┴──▶ CANCELLED
 * </pre>
 */
enum TurnsState {

	/** Nobody has a turn yet. */
	NEW,

	/** One session after the other has its turn. */
	RUNNING,

	/** All have had their turns. */
	DONE,

	/** Nobody has a turn any more. */
	CANCELLED

}
