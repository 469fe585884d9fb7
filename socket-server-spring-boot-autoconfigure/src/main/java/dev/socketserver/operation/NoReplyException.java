package dev.socketserver.operation;

/**
 * The peer of a session has not replied in time to what an operator has asked: 504 over
 * HTTP.
 */
public class NoReplyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message which session did not reply, and for how long
	 * @param cause the timeout
	 */
	public NoReplyException(String message, Throwable cause) {
		super(message, cause);
	}

}
