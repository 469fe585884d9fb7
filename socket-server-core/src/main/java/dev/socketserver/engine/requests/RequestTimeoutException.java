package dev.socketserver.engine.requests;

import java.util.concurrent.TimeoutException;

/**
 * No reply has arrived in time. Has no stack trace, which would be that of a timer: very
 * many requests may end at the same time, and what each of them leaves is kept as long as
 * the request, which the garbage collector has put among what is old.
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
