package dev.socketserver.autoconfigure.properties;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;

import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * Formats values as they are written in properties, which their {@code toString} does
 * not.
 */
public final class Written {

	private static final String[] TIME_UNITS = { "d", "h", "m", "s" };

	private static final long[] SECONDS = { 24 * 60 * 60, 60 * 60, 60, 1 };

	private static final String[] SIZE_UNITS = { "TB", "GB", "MB", "KB", "B" };

	private static final long[] SIZES = { 1L << 40, 1L << 30, 1L << 20, 1L << 10, 1 };

	private static final String[] FRACTION_UNITS = { "ms", "us", "ns" };

	/** The nanoseconds of these units. */
	private static final long[] FRACTIONS = { 1_000_000, 1_000, 1 };

	private static final long NANOS_PER_SECOND = 1_000_000_000;

	private Written() {
	}

	/**
	 * Returns a text, or {@code null} for an empty one, which is as if it were not there.
	 * @param text the text, or {@code null} if it is not set
	 */
	public static @Nullable String orNone(@Nullable String text) {
		return (text == null || text.isEmpty()) ? null : text;
	}

	/**
	 * Formats a value.
	 * @param value the value
	 * @return a constant in lower case with dashes, a duration or size in the largest
	 * unit of which it is a whole number, anything else as text
	 */
	public static String of(Object value) {
		if (value instanceof Enum<?> constant) {
			return constant(constant);
		}
		if (value instanceof Duration duration) {
			return duration(duration);
		}
		return (value instanceof DataSize size) ? whole(size.toBytes(), SIZES, SIZE_UNITS) : value.toString();
	}

	private static String constant(Enum<?> constant) {
		if (constant == SocketTransport.IO_URING) {
			// The spelling of the kernel's documentation.
			return "io_uring";
		}
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private static String duration(Duration duration) {
		return (duration.getNano() != 0) ? fraction(duration) : whole(duration.getSeconds(), SECONDS, TIME_UNITS);
	}

	/** Formats a number in the largest unit of which it is a whole number. */
	private static String whole(long number, long[] sizes, String[] units) {
		if (number == 0) {
			return "0";
		}
		int unit = 0;
		while (number % sizes[unit] != 0) {
			unit++;
		}
		return number / sizes[unit] + units[unit];
	}

	private static String fraction(Duration duration) {
		int unit = 0;
		while (duration.getNano() % FRACTIONS[unit] != 0) {
			unit++;
		}
		BigInteger nanos = BigInteger.valueOf(duration.getSeconds())
			.multiply(BigInteger.valueOf(NANOS_PER_SECOND))
			.add(BigInteger.valueOf(duration.getNano()));
		return nanos.divide(BigInteger.valueOf(FRACTIONS[unit])) + FRACTION_UNITS[unit];
	}

}
