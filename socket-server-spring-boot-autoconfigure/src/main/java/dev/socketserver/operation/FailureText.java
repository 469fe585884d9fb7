package dev.socketserver.operation;

/**
 * The one way in which operators are told a failure.
 */
public final class FailureText {

	private FailureText() {
	}

	/**
	 * Tells a failure.
	 * @param failure the failure
	 * @return its message, or what it is
	 */
	public static String of(Throwable failure) {
		String message = failure.getMessage();
		return (message != null) ? message : failure.toString();
	}

}
