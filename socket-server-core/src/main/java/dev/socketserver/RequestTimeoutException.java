package dev.socketserver;

import java.util.concurrent.TimeoutException;

/**
 * A request had no reply in time: one of a client, of a session, or of an identity
 * wherever it is. Unless it is a {@link dev.socketserver.client.RequestNotSentException},
 * the peer may have handled the request. Has no stack trace: it would be that of a timer,
 * and many requests may time out together, whose exceptions live for as long as they do.
 */
public class RequestTimeoutException extends TimeoutException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message who waited for how long
	 */
	public RequestTimeoutException(String message) {
		super(message);
	}

	@Override
	public synchronized Throwable fillInStackTrace() {
		return this;
	}

}
