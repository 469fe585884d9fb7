package dev.socketserver.operation;

import org.jspecify.annotations.Nullable;

/**
 * A parameter that has to be a whole number within limits, given as a number or as text.
 *
 * @param parameter its name
 * @param min the least value
 * @param max the greatest value; {@link Integer#MAX_VALUE} is no limit
 */
public record WholeNumber(String parameter, int min, int max) {

	/**
	 * Checks a value.
	 * @param value the value
	 * @return the value
	 * @throws BadParameterException if it is not within the limits
	 */
	public int check(int value) {
		if (value < this.min || value > this.max) {
			throw wrong(String.valueOf(value), "Number out of range");
		}
		return value;
	}

	/**
	 * Reads and checks a value.
	 * @param text what is written
	 * @return the value
	 * @throws BadParameterException if it is no whole number within the limits
	 */
	public int parse(String text) {
		try {
			return check(Integer.parseInt(text));
		}
		catch (NumberFormatException ex) {
			throw wrong(text, "Not a number");
		}
	}

	/**
	 * Reads and checks a value that may be absent.
	 * @param text what is written, or {@code null}
	 * @return the value, or {@code null} if nothing is written
	 * @throws BadParameterException if it is no whole number within the limits
	 */
	public @Nullable Integer read(@Nullable String text) {
		return (text != null) ? parse(text) : null;
	}

	private BadParameterException wrong(String value, String reason) {
		return BadParameterException.value(this.parameter, value, "a whole number "
				+ ((this.max == Integer.MAX_VALUE) ? "from " + this.min : "between " + this.min + " and " + this.max),
				reason);
	}

}
