package dev.socketserver.engine.handlers;

import org.jspecify.annotations.Nullable;

/**
 * A handler that, in its calls, also calls code of the application that does not belong
 * to the application's handler, and knows which of them has failed.
 */
public interface FailureSource {

	/**
	 * Returns what has thrown, if not the application's handler. On the session's lane.
	 * @param failure what was thrown
	 * @return what threw it, for the log, such as {@code the correlator}
	 */
	@Nullable String sourceOf(Throwable failure);

}
