package dev.socketserver.test.connection;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Formats bytes for failure messages: in quotes, with everything invisible escaped. Of
 * bytes that are not UTF-8, all that are not ASCII are escaped.
 */
public final class Escaped {

	private static final int MAX_BYTES = 1024;

	private Escaped() {
	}

	public static String of(byte[] bytes) {
		StringBuilder text = new StringBuilder("\"");
		ByteBuffer shown = ByteBuffer.wrap(bytes, 0, shown(bytes));
		try {
			StandardCharsets.UTF_8.newDecoder()
				.decode(shown.duplicate())
				.codePoints()
				.forEach((codePoint) -> append(text, codePoint, isVisible(codePoint)));
		}
		catch (CharacterCodingException ex) {
			while (shown.hasRemaining()) {
				int value = Byte.toUnsignedInt(shown.get());
				append(text, value, value < 0x80 && isVisible(value));
			}
		}
		text.append('"');
		return ((bytes.length > MAX_BYTES) ? text.append("… (").append(bytes.length).append(" bytes)") : text)
			.toString();
	}

	/** Returns how many bytes are shown: what is cut ends with a whole character. */
	private static int shown(byte[] bytes) {
		if (bytes.length <= MAX_BYTES) {
			return bytes.length;
		}
		int end = MAX_BYTES;
		while (end > MAX_BYTES - 3 && (bytes[end] & 0xC0) == 0x80) {
			end--;
		}
		return end;
	}

	private static boolean isVisible(int codePoint) {
		return !Character.isISOControl(codePoint) && Character.isDefined(codePoint)
				&& Character.getType(codePoint) != Character.FORMAT;
	}

	private static void append(StringBuilder text, int value, boolean visible) {
		switch (value) {
			case '\r' -> text.append("\\r");
			case '\n' -> text.append("\\n");
			case '\t' -> text.append("\\t");
			case '"' -> text.append("\\\"");
			case '\\' -> text.append("\\\\");
			default -> {
				if (visible) {
					text.appendCodePoint(value);
				}
				else {
					text.append(String.format((value <= 0xFF) ? "\\x%02X" : "\\u{%X}", value));
				}
			}
		}
	}

}
