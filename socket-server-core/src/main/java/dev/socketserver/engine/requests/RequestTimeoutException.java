package dev.socketserver.engine.requests;

import java.util.concurrent.TimeoutException;

/**
 * No reply has arrived in time. Has no stack trace: it would be that of a timer, and many
 * requests may time out together, whose exceptions live for as long as they do.
 */
public final class RequestTimeoutException extends TimeoutException {

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
