package dev.socketserver.framing;

import org.jspecify.annotations.Nullable;

/**
 * A key of a framing has a value with which the framing cannot work.
 */
public final class InvalidFramingException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String key;

	private final @Nullable String value;

	private final String rule;

	InvalidFramingException(String key, @Nullable Object value, String rule) {
		super(key + " is " + ("".equals(value) ? "empty" : value) + ", but " + rule);
		this.key = key;
		this.value = (value != null) ? value.toString() : null;
		this.rule = rule;
	}

	/**
	 * Checks a value.
	 * @param valid whether it is valid
	 * @param key the key, as configuration writes it
	 * @param value the value
	 * @param rule the rule, as a phrase without a subject
	 * @throws InvalidFramingException if it is not valid
	 */
	public static void check(boolean valid, String key, @Nullable Object value, String rule) {
		if (!valid) {
			throw new InvalidFramingException(key, value, rule);
		}
	}

	/**
	 * Returns the key, as configuration writes it.
	 * @return the key, such as {@code byte-order}
	 */
	public String key() {
		return this.key;
	}

	/**
	 * Returns the value.
	 * @return the value, with bytes in the form {@code hex:0d0a}; empty if there is
	 * nothing in it, {@code null} if it is missing
	 */
	public @Nullable String value() {
		return this.value;
	}

	/**
	 * Returns the rule that the value breaks.
	 * @return the rule, as a phrase without a subject
	 */
	public String rule() {
		return this.rule;
	}

}
