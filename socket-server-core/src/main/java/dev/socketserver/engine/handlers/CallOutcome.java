package dev.socketserver.engine.handlers;

/** What became of a frame in a call of the handler. */
enum CallOutcome {

	/** The handler has returned, and is notified of no failure of its own. */
	SUCCEEDED,

	/** The handler, or what converts frames for it, has thrown. */
	FAILED,

	/** The handler has more of the frame than it may handle in one call. */
	UNFINISHED,

	/**
	 * The handler has had no message: it could not be made, or this was no frame, or one
	 * too many before the login.
	 */
	DISCARDED

}
