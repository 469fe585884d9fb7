package dev.socketserver.framing.bytes;

/**
 * A payload is not sent, since the peer would not receive it as the frame that it is.
 * Whoever sends it gets a {@link dev.socketserver.payload.PayloadException}. Its message
 * holds nothing of the payload.
 */
public final class UnframeablePayloadException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message why the payload is not sent
	 */
	public UnframeablePayloadException(String message) {
		super(message);
	}

}
