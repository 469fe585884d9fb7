package dev.socketserver.netty.server;

/**
 * How far the end of the sessions of a {@link ServerRun} has come. A phase is only left
 * for a later one; any may be skipped. Whether the run listens, and whether it is giving
 * everything back, are facts beside it: a run also ends when its last session does.
 *
 * <pre>
 *   OPEN ──drain──▶ DRAINING ──claim──▶ CLAIMED ──stop──▶ STOPPING ──the time is over──▶ ABORTING
 *    │                  │                                    ▲
 *    └──────claim───────┼──────▶ CLAIMED                     │
 *    └──────────────────┴────────────────stop────────────────┘
 * </pre>
 */
enum RunPhase {

	/** Sessions go on. */
	OPEN,

	/** Sessions are notified that there is not much time left. */
	DRAINING,

	/** Somebody is about to stop the sessions, and nobody else is to. */
	CLAIMED,

	/** The sessions are asked to end. */
	STOPPING,

	/** Sessions that are left are aborted. */
	ABORTING;

	/** Whether somebody stops the sessions, or is about to. */
	boolean isClaimed() {
		return compareTo(CLAIMED) >= 0;
	}

	/**
	 * Returns the phase when somebody wants another.
	 * @param wanted what is wanted
	 * @return that, or this if it is as late
	 */
	RunPhase advance(RunPhase wanted) {
		return (compareTo(wanted) >= 0) ? this : wanted;
	}

}
