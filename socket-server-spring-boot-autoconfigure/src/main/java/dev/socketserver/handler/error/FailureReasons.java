package dev.socketserver.handler.error;

import dev.socketserver.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * Knows exceptions that are no mistakes of the handlers that throw them, and with which
 * reason they close a session if no method answers them. An interceptor may implement it.
 */
public interface FailureReasons {

	/**
	 * Returns the reason for an exception.
	 * @param failure what a handler threw
	 * @return the reason, or {@code null} if this is any other exception
	 */
	@Nullable CloseReason reason(Exception failure);

}
