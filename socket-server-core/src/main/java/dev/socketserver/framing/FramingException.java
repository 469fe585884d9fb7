package dev.socketserver.framing;

/**
 * The bytes received do not follow the framing. The message is shown to people and names
 * positions and lengths, never payload.
 */
public class FramingException extends Exception {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception, without a stack trace: it tells about a peer's bytes, not
	 * about code, and hostile peers must not be able to make it expensive.
	 * @param message what is wrong
	 */
	public FramingException(String message) {
		super(message, null, false, false);
	}

}
