package dev.socketserver.engine.state;

/**
 * How far the end of a session has come, as its server or client, its handler and its
 * application want it. A phase is only left for a later one; any may be skipped. Beside
 * it the connection may be {@linkplain SessionState#lost() lost} at any time, and the
 * {@linkplain SessionState#status() status}, once settled, closes the session.
 *
 * <pre>
 *   OPEN ──stop──▶ STOPPING ──abort──▶ ABORTED ──the handler was notified──▶ OVER
 *    │                │                                                       ▲
 *    ├──────abort─────┼──────────────────▶                                    │
 *    └────────────────┴───────────the handler was notified───────────────────┘
 * </pre>
 */
public enum SessionPhase {

	/** Frames are handled, unless the session is closed. */
	OPEN,

	/** The server or client stops the session: no further frame is handled. */
	STOPPING,

	/**
	 * The connection is reset: nothing more is sent, and what is held will soon be given
	 * back.
	 */
	ABORTED,

	/** The handler was notified of the end. */
	OVER

}
