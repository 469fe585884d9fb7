package dev.socketserver.payload;

import java.io.IOException;

/**
 * A frame could not be converted to what the handler takes. Its cause is what the
 * converter threw; the message holds nothing of the frame.
 */
public class PayloadException extends IOException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param type the type that the frame was to become
	 * @param cause what the converter threw
	 */
	public PayloadException(Class<?> type, Throwable cause) {
		super("a frame could not be converted to " + type.getName() + ": the converter threw "
				+ cause.getClass().getName(), cause);
	}

	/**
	 * Creates the exception.
	 * @param message what is wrong, without anything of the frame
	 * @param cause why
	 */
	protected PayloadException(String message, Throwable cause) {
		super(message, cause);
	}

}
