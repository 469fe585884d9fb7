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
	 * turn the direction of writing or show nothing, and halves of characters are written
	 * {@code \}{@code uXXXX}
	 */
	public static String of(@Nullable String text) {
		if (text == null) {
			return "";
		}
		// With the halves of characters that this leaves at its end.
		String shown = text.substring(0, Math.min(text.length(), MOST));
		int safe = 0;
		while (safe < shown.length() && isPlain(shown, safe)) {
			safe++;
		}
		if (safe == text.length()) {
			return text;
		}
		StringBuilder escaped = new StringBuilder(shown.length() + 16).append(shown, 0, safe);
		for (int i = safe; i < shown.length(); i++) {
			char next = shown.charAt(i);
			if (isPlain(shown, i)) {
				escaped.append(next);
			}
			else {
				escaped.append(String.format("\\u%04x", (int) next));
			}
		}
		if (shown.length() < text.length()) {
			escaped.append("... (").append(text.length()).append(" characters)");
		}
		return escaped.toString();
	}

	private static boolean isPlain(String text, int index) {
		char next = text.charAt(index);
		if (next >= ' ' && next < 0x7f) {
			return true;
		}
		boolean second = index > 0 && Character.isSurrogatePair(text.charAt(index - 1), next);
		return switch (Character.getType(text.codePointAt(second ? index - 1 : index))) {
			// FORMAT has those that turn the direction of writing or show nothing.
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
					Character.UNASSIGNED, Character.PRIVATE_USE, Character.SURROGATE ->
				false;
			default -> true;
		};
	}

}
