package dev.socketserver.engine.handlers;

/**
 * A handler that has to know when its session may be used by others than the handler,
 * which may have had to say something first.
 */
public interface OpeningAware {

	/**
	 * The handler has been notified of the session, and what it has replied to a failure
	 * there has been sent. Not called if the session is at its end by then; may be called
	 * again. On the session's lane.
	 */
	void openingEnded();

}
