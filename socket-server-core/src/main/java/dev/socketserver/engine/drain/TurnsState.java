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

	/** No session has a turn yet. */
	NEW,

	/** One session after the other has its turn. */
	RUNNING,

	/** All have had their turns. */
	DONE,

	/** No session has a turn any more. */
	CANCELLED

}
