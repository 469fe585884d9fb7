package dev.socketserver.operation;

/**
 * The text by which operators learn of a failure, the same in all places.
 */
public final class FailureText {

	private FailureText() {
	}

	/**
	 * Returns the text of a failure.
	 * @param failure the failure
	 * @return its message or, without one, its class
	 */
	public static String of(Throwable failure) {
		String message = failure.getMessage();
		return (message != null) ? message : failure.toString();
	}

}
