package dev.socketserver.netty.server;

/**
 * How far a drain has come.
 *
 * <pre>
 *   DELAYED ──the delay is over──▶ ENDING ──all sessions have ended──▶ OVER
 *      │                             │                                 ▲
 *      └──────────a stop─────────────┴─────────────────────────────────┘
 * </pre>
 */
enum DrainPhase {

	/** The server still accepts connections. */
	DELAYED,

	/** The server does not listen, and its sessions end. */
	ENDING,

	/** All sessions have ended, or somebody else ends them. */
	OVER;

	/** The delay is over. */
	DrainPhase ends() {
		return (this == DELAYED) ? ENDING : this;
	}

	/** All sessions have ended, or somebody stops the server. */
	DrainPhase over() {
		return OVER;
	}

}
