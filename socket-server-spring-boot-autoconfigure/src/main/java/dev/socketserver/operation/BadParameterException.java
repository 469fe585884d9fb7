package dev.socketserver.operation;

import org.jspecify.annotations.Nullable;

/**
 * An operator asked for something in a way that has no meaning: 400 over HTTP.
 */
public class BadParameterException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String reason;

	/**
	 * Creates the exception.
	 * @param message what was wrong, for people
	 * @param reason the same without any value
	 */
	public BadParameterException(String message, String reason) {
		this(message, reason, null);
	}

	/**
	 * Creates the exception.
	 * @param message what was wrong, for people
	 * @param reason the same without any value
	 * @param cause what went wrong, or {@code null}
	 */
	public BadParameterException(String message, String reason, @Nullable Throwable cause) {
		super(message, cause);
		this.reason = reason;
	}

	/**
	 * Returns what was wrong, without any value.
	 * @return a phrase
	 */
	public String reason() {
		return this.reason;
	}

}
