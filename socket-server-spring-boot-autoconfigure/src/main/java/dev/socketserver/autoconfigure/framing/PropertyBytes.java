package dev.socketserver.autoconfigure.framing;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.framing.ByteValues;
import org.jspecify.annotations.Nullable;

/**
 * Bytes, and the property that they were read from.
 *
 * @param property the property's full name
 * @param text its value
 * @param bytes the bytes that the text stands for
 */
record PropertyBytes(String property, String text, byte[] bytes) {

	private static final String REMEDY = "Write bytes as \"hex:0d0a\", or as text with escapes such as \\r\\n";

	private static final Pattern HEXADECIMAL_NUMBER = Pattern.compile("0[xX][0-9a-fA-F]+");

	/**
	 * Reads bytes that are needed.
	 * @throws InvalidSocketPropertyException if there is no text, or it stands for none
	 */
	static PropertyBytes of(String property, @Nullable String text) {
		if (text == null) {
			throw new InvalidSocketPropertyException(property, null, "bytes are needed", REMEDY);
		}
		return new PropertyBytes(property, text, parse(property, text));
	}

	/**
	 * Reads bytes. Digits alone are refused: they may be the number that YAML makes of
	 * {@code 0x0D0A}. In quotes, or in another format, the same would be a text of six
	 * characters, which is refused too.
	 */
	private static byte[] parse(String property, String text) {
		if (!text.isEmpty() && text.chars().allMatch((character) -> character >= '0' && character <= '9')) {
			throw new InvalidSocketPropertyException(property, text,
					"it is a number, but must be bytes: YAML reads 0x0D0A as the number 3338, and 0141 as 97",
					"Write bytes in hexadecimal, and quote it: \"%s\" is the number %s, \"%s\" are its digits as text"
						.formatted(ByteValues.format(number(text)), text, ByteValues.format(ascii(text))));
		}
		if (HEXADECIMAL_NUMBER.matcher(text).matches()) {
			String digits = text.substring(2).toLowerCase(Locale.ROOT);
			throw new InvalidSocketPropertyException(property, text,
					"it would be read as text, but is probably meant as bytes",
					"Write bytes in hexadecimal: \"hex:%s\" is the number, \"%s\" is the text"
						.formatted(((digits.length() % 2 != 0) ? "0" : "") + digits, ByteValues.format(ascii(text))));
		}
		if (text.chars().anyMatch((character) -> character >= 0x80 && character <= 0xFF)) {
			throw new InvalidSocketPropertyException(property, text,
					"it has characters from 0x80 to 0xFF, such as YAML makes of \"\\xC0\", which are not single bytes",
					"Write the bytes in hexadecimal, such as \"hex:c0\"");
		}
		try {
			return ByteValues.parse(text);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSocketPropertyException(property, text, String.valueOf(ex.getMessage()), REMEDY, ex);
		}
	}

	/** Returns the bytes of a number that may have been written in hexadecimal. */
	private static byte[] number(String digits) {
		byte[] bytes = new BigInteger(digits).toByteArray();
		return (bytes.length > 1 && bytes[0] == 0) ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

}
