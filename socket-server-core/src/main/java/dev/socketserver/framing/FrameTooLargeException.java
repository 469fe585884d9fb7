package dev.socketserver.framing;

/**
 * A frame is longer than {@code limits.frame} allows.
 */
public final class FrameTooLargeException extends FramingException {

	private static final long serialVersionUID = 1L;

	private final String known;

	/**
	 * Creates the exception.
	 * @param message what is known about the frame
	 * @param maxFrameBytes the limit, in bytes
	 */
	public FrameTooLargeException(String message, int maxFrameBytes) {
		super(message + ", limits.frame is " + maxFrameBytes + " bytes");
		this.known = message;
	}

	/**
	 * Returns an exception with the limit from the configuration instead of the
	 * decoder's.
	 * @param maxFrameBytes the limit
	 * @return the exception, a new one
	 */
	public FrameTooLargeException withLimit(int maxFrameBytes) {
		return new FrameTooLargeException(this.known, maxFrameBytes);
	}

}
