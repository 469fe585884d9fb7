package dev.socketserver;

/**
 * The state of a {@link SocketServer}. Transitions: {@code STOPPED} or {@code FAILED} to
 * {@code STARTING} to {@code RUNNING} or {@code FAILED}; {@code RUNNING} to
 * {@code PAUSED} and back; both to {@code DRAINING} to {@code STOPPED}. A stop also leads
 * from {@code FAILED} to {@code STOPPED}, and from {@code STARTING} once that attempt to
 * start is over.
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

	/** No longer listening; open sessions are being given time to end. */
	DRAINING,

	/** Not listening: the last attempt to start failed. */
	FAILED

}
