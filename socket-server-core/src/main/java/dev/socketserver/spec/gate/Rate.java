package dev.socketserver.spec.gate;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of messages or bytes in some time, such as {@code 100/s}, {@code 600/m} or
 * {@code 1MB/s}.
 *
 * @param text as it is written
 * @param amount how many
 * @param unit in how long a time
 */
public record Rate(String text, long amount, TimeUnit unit) {

	private static final Pattern FORM = Pattern.compile("([0-9]{1,12})(|b|kb|mb|gb)/([smh])");

	/** Far more than any network has. */
	private static final long MOST = 1_000_000_000_000L;

	/**
	 * Reads a number of messages in some time.
	 * @param text a number, and {@code /s}, {@code /m} or {@code /h}
	 * @return the rate
	 * @throws IllegalArgumentException if it is none; the message says what it must be,
	 * as a phrase without a subject
	 */
	public static Rate messages(String text) {
		Matcher parts = FORM.matcher(text.trim().toLowerCase(Locale.ROOT));
		if (!parts.matches() || !parts.group(2).isEmpty()) {
			throw new IllegalArgumentException("must be a number of messages and s, m or h, such as 100/s");
		}
		return rate(text, parts, 1);
	}

	/**
	 * Reads a number of bytes in some time.
	 * @param text a size such as {@code 64KB}, or a number of bytes, and {@code /s},
	 * {@code /m} or {@code /h}
	 * @return the rate
	 * @throws IllegalArgumentException if it is none; the message says what it must be,
	 * as a phrase without a subject
	 */
	public static Rate bytes(String text) {
		Matcher parts = FORM.matcher(text.trim().toLowerCase(Locale.ROOT));
		if (!parts.matches()) {
			throw new IllegalArgumentException("must be a size and s, m or h, such as 1MB/s");
		}
		return rate(text, parts, switch (parts.group(2)) {
			case "kb" -> 1L << 10;
			case "mb" -> 1L << 20;
			case "gb" -> 1L << 30;
			default -> 1;
		});
	}

	private static Rate rate(String text, Matcher parts, long factor) {
		long number = Long.parseLong(parts.group(1));
		if (number == 0 || number > MOST / factor) {
			throw new IllegalArgumentException("must be more than 0, and at most " + MOST);
		}
		return new Rate(text.trim(), number * factor, switch (parts.group(3)) {
			case "s" -> TimeUnit.SECONDS;
			case "m" -> TimeUnit.MINUTES;
			default -> TimeUnit.HOURS;
		});
	}

	/**
	 * Returns how long one of them takes.
	 * @return the time in nanoseconds
	 */
	public double nanosEach() {
		return (double) this.unit.toNanos(1) / this.amount;
	}

	/**
	 * Returns how many there are in a second.
	 * @return the number, at least 1
	 */
	public long inASecond() {
		return Math.max(1, this.amount / this.unit.toSeconds(1));
	}

	@Override
	public String toString() {
		return this.text;
	}

}
