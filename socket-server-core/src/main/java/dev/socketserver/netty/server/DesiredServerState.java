package dev.socketserver.netty.server;

/**
 * What is wanted of a server. It follows when the attempt to start, or the end of the
 * run, that is under way is over.
 *
 * <pre>
 *   STOP ──start──▶ RUN ──stop──▶ STOP
 *                    │              ▲
 *                    └──restart──▶ RESTART ──the run has ended──▶ RUN
 *                                   └──stop──▶ STOP
 * </pre>
 */
enum DesiredServerState {

	/** Not to run. */
	STOP,

	/** To run. */
	RUN,

	/** To run again, when the run that is under way has ended. */
	RESTART

}
