package dev.socketserver.transcript;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/**
 * Bytes as ASCII text in quotes: {@code "MSH|\x0b\r"}. Printable characters stand for
 * themselves. The escapes are {@code \r \n \t \0 \\ \"}, and {@code \xHH} for any byte.
 */
final class QuotedBytes {

	private static final HexFormat HEX = HexFormat.of();

	private static final String ESCAPED = "\r\n\t\0\\\"";

	private static final String LETTERS = "rnt0\\\"";

	private QuotedBytes() {
	}

	static void append(StringBuilder text, byte[] bytes, int offset, int length) {
		text.append('"');
		for (int i = offset; i < offset + length; i++) {
			char character = (char) (bytes[i] & 0xff);
			int escape = ESCAPED.indexOf(character);
			if (escape >= 0) {
				text.append('\\').append(LETTERS.charAt(escape));
			}
			else if (character < ' ' || character > '~') {
				text.append("\\x").append(HEX.toHexDigits(bytes[i]));
			}
			else {
				text.append(character);
			}
		}
		text.append('"');
	}

	/**
	 * Reads what {@link #append} has written.
	 * @param text the text, with its quotes
	 * @param line the number of the line, for failures
	 * @return the bytes
	 * @throws InvalidTranscriptException if the text is something else
	 */
	static byte[] parse(String text, int line) {
		if (text.length() < 2 || text.charAt(0) != '"' || text.charAt(text.length() - 1) != '"') {
			throw new InvalidTranscriptException(line, "a payload is written in double quotes");
		}
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
		int end = text.length() - 1;
		for (int i = 1; i < end; i++) {
			char character = text.charAt(i);
			if (character == '\\') {
				i++;
				char letter = (i < end) ? text.charAt(i) : ' ';
				int escape = LETTERS.indexOf(letter);
				if (escape >= 0) {
					bytes.write(ESCAPED.charAt(escape));
				}
				else if (letter == 'x' && i + 2 < end && isHex(text.charAt(i + 1)) && isHex(text.charAt(i + 2))) {
					bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
					i += 2;
				}
				else {
					throw new InvalidTranscriptException(line,
							"a backslash begins one of \\r \\n \\t \\0 \\\\ \\\" \\xHH, but column " + i
									+ " has none of these");
				}
			}
			else if (character == '"') {
				throw new InvalidTranscriptException(line, "a quote within a payload is written \\\"");
			}
			else if (character < ' ' || character > '~') {
				throw new InvalidTranscriptException(line, "a byte that is not printable ASCII is written \\xHH");
			}
			else {
				bytes.write(character);
			}
		}
		return bytes.toByteArray();
	}

	private static boolean isHex(char character) {
		return HexFormat.isHexDigit(character);
	}

}
