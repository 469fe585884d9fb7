package dev.socketserver.bridge;

import org.jspecify.annotations.Nullable;

/**
 * A message could not be stored, and is not stored again. If the store did not answer in
 * time, it may be stored nevertheless.
 */
public class NotStoredException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param message why
	 * @param cause what the store has failed with; {@code null} if it did not answer
	 */
	public NotStoredException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
