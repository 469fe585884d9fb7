package dev.socketserver.framing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * Parses and formats byte values as they are written in configuration and in code:
 * {@code hex:0d0a}, or text in UTF-8 with the escapes <code>\r \n \t \0 \\</code> and
 * <code>&#92;xNN</code>.
 */
public final class ByteValues {

	private static final String HEX = "hex:";

	private ByteValues() {
	}

	/**
	 * Parses byte values.
	 * @param text the text; blanks between the pairs of digits after {@code hex:} are
	 * ignored
	 * @return the bytes, none for empty text
	 * @throws IllegalArgumentException if the text has a wrong digit or an unknown
	 * escape; the message says what is wrong
	 */
	public static byte[] parse(String text) {
		return parse(text, StandardCharsets.UTF_8);
	}

	/**
	 * Parses byte values, of which text is in another charset.
	 * @param text the text, as {@link #parse(String)} reads it
	 * @param charset the charset of what is neither in digits nor an escape
	 * @return the bytes, none for empty text
	 * @throws IllegalArgumentException if the text has a wrong digit or an unknown
	 * escape; the message says what is wrong
	 */
	public static byte[] parse(String text, Charset charset) {
		return text.startsWith(HEX) ? hex(text) : text(text, charset);
	}

	/**
	 * Formats byte values so that {@link #parse} can read them.
	 * @param bytes the bytes
	 * @return {@code hex:} and two lower-case digits for each byte
	 */
	public static String format(byte... bytes) {
		return HEX + HexFormat.of().formatHex(bytes);
	}

	/**
	 * Formats one byte for messages.
	 * @param value the byte
	 * @return {@code 0x} and two digits
	 */
	public static String one(int value) {
		return "0x" + HexFormat.of().toHexDigits((byte) value);
	}

	private static byte[] hex(String text) {
		String digits = text.substring(HEX.length()).replace(" ", "");
		if (digits.length() % 2 != 0) {
			throw new IllegalArgumentException("'" + text + "' has an odd number of hexadecimal digits");
		}
		try {
			return HexFormat.of().parseHex(digits);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("'" + text + "' has characters other than hexadecimal digits after hex:",
					ex);
		}
	}

	private static byte[] text(String text, Charset charset) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
		int position = 0;
		while (position < text.length()) {
			int backslash = text.indexOf('\\', position);
			int end = (backslash >= 0) ? backslash : text.length();
			bytes.writeBytes(text.substring(position, end).getBytes(charset));
			position = end;
			if (backslash >= 0) {
				position = escape(text, backslash, bytes);
			}
		}
		return bytes.toByteArray();
	}

	private static int escape(String text, int backslash, ByteArrayOutputStream bytes) {
		char kind = (backslash + 1 < text.length()) ? text.charAt(backslash + 1) : ' ';
		if (kind == 'x') {
			int end = backslash + 4;
			if (end > text.length() || !HexFormat.isHexDigit(text.charAt(end - 2))
					|| !HexFormat.isHexDigit(text.charAt(end - 1))) {
				throw new IllegalArgumentException("'" + text + "' does not have two hexadecimal digits after \\x");
			}
			bytes.write(HexFormat.fromHexDigits(text, end - 2, end));
			return end;
		}
		bytes.write(switch (kind) {
			case 'r' -> '\r';
			case 'n' -> '\n';
			case 't' -> '\t';
			case '0' -> 0;
			case '\\' -> '\\';
			default -> throw new IllegalArgumentException("'" + text
					+ "' has an unknown escape: after a backslash comes r, n, t, 0, x and two digits, or a backslash");
		});
		return backslash + 2;
	}

	/**
	 * Reads a text that may stand for bytes.
	 * @param text the text, or {@code null}
	 * @param onlyText whether it never stands for bytes
	 * @return the bytes if it begins with {@code hex:}, else the text
	 * @throws IllegalArgumentException if it is wrong
	 */
	public static @Nullable Object textOrBytes(@Nullable String text, boolean onlyText) {
		return (text == null || onlyText || !text.startsWith("hex:")) ? text : parse(text);
	}

}
