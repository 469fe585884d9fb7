package dev.socketserver.client;

import java.util.concurrent.TimeoutException;

/**
 * The time for the reply to a request is over, and the request was not sent: all that
 * time it waited for a connection, or for room on it. Nothing of it has left and nothing
 * will, so that the server cannot have seen it, and it is safe to ask again. After any
 * other {@link TimeoutException} the server may have handled the request.
 */
public class RequestNotSentException extends TimeoutException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what was waited for
	 */
	public RequestNotSentException(String message) {
		super(message);
	}

}
