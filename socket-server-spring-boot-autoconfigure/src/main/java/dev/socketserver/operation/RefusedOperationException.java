package dev.socketserver.operation;

/**
 * An operation does not fit the state of what it is for, or has failed: 409 over HTTP.
 */
public final class RefusedOperationException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what does not fit, or has failed
	 */
	public RefusedOperationException(String message) {
		super(message);
	}

	/**
	 * Creates the exception.
	 * @param message what does not fit, or has failed
	 * @param cause why
	 */
	public RefusedOperationException(String message, Throwable cause) {
		super(message, cause);
	}

}
