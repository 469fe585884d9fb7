package dev.socketserver.framing;

/**
 * The bytes that were received do not follow the framing. The message is for people; it
 * names positions and lengths, but contains no payload.
 */
public class FramingException extends Exception {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception without a stack trace, since it is about the bytes of a peer
	 * and not about code, and hostile peers must not be able to make it expensive.
	 * @param message what is wrong
	 */
	public FramingException(String message) {
		super(message, null, false, false);
	}

}
