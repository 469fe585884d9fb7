package dev.socketserver.operation;

import java.time.Duration;

import org.springframework.boot.convert.DurationStyle;

/**
 * Durations as operators write them.
 */
public final class Durations {

	private static final Duration MAX = Duration.ofDays(365);

	private Durations() {
	}

	/**
	 * Reads a duration.
	 * @param parameter the name of the parameter
	 * @param text a duration such as {@code 10s}, in milliseconds if it has no unit
	 * @return the duration; one of more than 365 days counts as that
	 * @throws BadParameterException if it is none, or negative
	 */
	public static Duration of(String parameter, String text) {
		try {
			Duration given = DurationStyle.detectAndParse(text);
			if (!given.isNegative()) {
				return (given.compareTo(MAX) > 0) ? MAX : given;
			}
		}
		catch (IllegalArgumentException | ArithmeticException ex) {
			// The exception is thrown below.
		}
		throw BadParameterException.value(parameter, text, "a duration such as 10s", "Bad parameter");
	}

}
