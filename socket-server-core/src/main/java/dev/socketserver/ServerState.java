package dev.socketserver;

/**
 * The state of a {@link SocketServer}.
 *
 * <pre>
 *   STOPPED ──start──▶ STARTING ──cannot listen──▶ FAILED ──start──▶ STARTING
 *                         │                           └────stop────▶ STOPPED
 *                         └──listens──▶ RUNNING ──pause──▶ PAUSED ──resume──▶ RUNNING
 *                                          │                  │
 *                                          └──drain or stop───┴──▶ DRAINING
 *                                                                     │
 *                                   STOPPED ◀──the sessions have ended┘
 * </pre>
 *
 * A stop during {@code STARTING} takes effect when that attempt to start is over.
 */
public enum ServerState {

	/** Not listening: never started, or stopped. Sessions may have been kept. */
	STOPPED,

	/** Binding its port. */
	STARTING,

	/** Accepting connections. */
	RUNNING,

	/** Listening, but not accepting connections; open sessions go on. */
	PAUSED,

	/**
	 * Open sessions are being given time to end. It listens no longer, unless the delay
	 * of a drain lasts.
	 */
	DRAINING,

	/** Not listening: the last attempt to start failed. */
	FAILED

}
