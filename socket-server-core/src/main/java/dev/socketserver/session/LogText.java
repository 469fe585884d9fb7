package dev.socketserver.session;

import org.jspecify.annotations.Nullable;

/**
 * Text that a peer may have had a hand in, as it can be logged: on one line, harmless to
 * terminals, and not too long.
 */
public final class LogText {

	/** How many characters are shown of a text. */
	public static final int MOST = 200;

	private LogText() {
	}

	/**
	 * Escapes a text as Java source has it, and cuts it.
	 * @param text the text
	 * @return the text, in which line ends, control characters of both sets, marks that
	 * turn the direction of writing and halves of characters are written
	 * {@code \}{@code uXXXX}
	 */
	public static String of(@Nullable String text) {
		if (text == null) {
			return "";
		}
		int end = Math.min(text.length(), MOST);
		int safe = 0;
		while (safe < end && isPlain(text, safe)) {
			safe++;
		}
		if (safe == text.length()) {
			return text;
		}
		StringBuilder escaped = new StringBuilder(end + 16).append(text, 0, safe);
		for (int i = safe; i < end; i++) {
			char next = text.charAt(i);
			if (isPlain(text, i)) {
				escaped.append(next);
			}
			else {
				escaped.append(String.format("\\u%04x", (int) next));
			}
		}
		if (end < text.length()) {
			escaped.append("... (").append(text.length()).append(" characters)");
		}
		return escaped.toString();
	}

	private static boolean isPlain(String text, int index) {
		char next = text.charAt(index);
		if (next >= ' ' && next < 0x7f) {
			return true;
		}
		if (Character.isSurrogate(next)) {
			return Character.isHighSurrogate(next)
					? index + 1 < Math.min(text.length(), MOST) && Character.isLowSurrogate(text.charAt(index + 1))
					: index > 0 && Character.isHighSurrogate(text.charAt(index - 1));
		}
		return switch (Character.getType(next)) {
			// FORMAT has those that turn the direction of writing.
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
					Character.UNASSIGNED, Character.PRIVATE_USE ->
				false;
			default -> true;
		};
	}

}
