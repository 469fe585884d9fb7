package dev.socketserver.client;

import dev.socketserver.RequestTimeoutException;

/**
 * The timeout of a request has expired, and the request was not sent. That of a client
 * has waited for a connection, or for room on it. That of a session has waited in its
 * output, since the peer did not read what was sent before. Where one request is under
 * way at a time, either may have waited for its turn; then the end of the session fails
 * it, too, with a {@link dev.socketserver.SessionClosedException} as the cause. No part
 * of it was or will be sent, so the peer cannot have seen it, and it is safe to ask
 * again. After any other {@link RequestTimeoutException} the peer may have handled the
 * request.
 */
public class RequestNotSentException extends RequestTimeoutException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what was waited for
	 */
	public RequestNotSentException(String message) {
		super(message);
	}

}
