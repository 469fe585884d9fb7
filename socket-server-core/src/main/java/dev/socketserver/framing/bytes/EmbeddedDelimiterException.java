package dev.socketserver.framing.bytes;

/**
 * A payload that is to be sent has a delimiter in it, so that the peer would take it for
 * several. Its message holds nothing of the payload.
 */
public final class EmbeddedDelimiterException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param type the type of the framing
	 * @param index where the delimiter begins in the payload
	 */
	public EmbeddedDelimiterException(String type, int index) {
		super("a payload for framing '" + type + "' has a delimiter at byte " + index
				+ ", and embedded is reject: nothing of it is sent");
	}

}
