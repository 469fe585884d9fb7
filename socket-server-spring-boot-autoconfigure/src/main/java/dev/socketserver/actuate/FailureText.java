package dev.socketserver.actuate;

/**
 * The one way in which endpoints and health tell a failure.
 */
final class FailureText {

	private FailureText() {
	}

	static String of(Throwable failure) {
		String message = failure.getMessage();
		return (message != null) ? message : failure.toString();
	}

}
