package dev.socketserver.actuate;

/**
 * An operation does not fit the state: 409 over HTTP.
 */
final class RefusedOperationException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	RefusedOperationException(String message) {
		super(message);
	}

	RefusedOperationException(String message, Throwable cause) {
		super(message, cause);
	}

}
