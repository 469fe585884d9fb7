package dev.socketserver;

/**
 * The state of a {@link SocketServer}. Transitions: {@code STOPPED} or {@code FAILED} to
 * {@code STARTING} to {@code RUNNING} or {@code FAILED}; {@code RUNNING} to
 * {@code PAUSED} and back; both to {@code DRAINING} to {@code STOPPED}. A stop makes
 * {@code STOPPED} of {@code FAILED}, and of {@code STARTING} once that attempt is over,
 * too: nobody wants the server to run any more.
 */
public enum ServerState {

	/** Not listening: never started, or stopped. Sessions may have been kept. */
	STOPPED,

	/** Binding its port. */
	STARTING,

	/** Accepting connections. */
	RUNNING,

	/** Listening, but not accepting; open sessions go on. */
	PAUSED,

	/** No longer listening; open sessions are being given time to end. */
	DRAINING,

	/** Should run, but could not start. */
	FAILED

}
