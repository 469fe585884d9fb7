package dev.socketserver.engine.log;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Text that a peer may have had a hand in, as it can be logged: on one line, harmless to
 * terminals, and not too long.
 */
public final class LogText {

	/** How many characters are shown of a text. */
	public static final int MOST = 200;

	/** How many characters one line has at most of texts that others make. */
	public static final int MOST_OF_LINE = 8 * 1024;

	private LogText() {
	}

	/**
	 * Escapes a text as Java source has it, and truncates it.
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

	/**
	 * Truncates a text between characters: half of one has no bytes.
	 * @param text the text
	 * @param most how long it may be, at least 1
	 * @return the text, or its beginning
	 */
	public static String truncate(String text, int most) {
		if (text.length() <= most) {
			return text;
		}
		return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
	}

	/**
	 * Truncates the values of a line, so that all of them together are not too long.
	 * @param values the values; a throwable at the end is shown with its stack
	 * @return the values, or others in place of those that are too long, or that have
	 * control characters in their stack
	 */
	static @Nullable Object[] bounded(@Nullable Object[] values) {
		@Nullable Object[] bounded = values;
		int left = MOST_OF_LINE;
		for (int i = 0; i < values.length; i++) {
			Object value = values[i];
			Object shown = value;
			if (value instanceof CharSequence text && text.length() > left) {
				shown = text.subSequence(0, left) + "... (" + text.length() + " characters)";
			}
			else if (value instanceof Throwable failure && i == values.length - 1) {
				shown = LoggedFailure.of(failure);
			}
			left -= (value instanceof CharSequence text) ? Math.min(left, text.length()) : 0;
			if (shown != value) {
				bounded = (bounded == values) ? Arrays.copyOf(values, values.length, Object[].class) : bounded;
				bounded[i] = shown;
			}
		}
		return bounded;
	}

	/**
	 * Writes a number of things.
	 * @param count how many there are
	 * @param one what one of them is called
	 * @return the number and the noun, with an {@code s} unless there is one
	 */
	public static String counted(long count, String one) {
		return count + " " + one + ((count == 1) ? "" : "s");
	}

	private static boolean isPlain(String text, int index) {
		char next = text.charAt(index);
		if (next >= ' ' && next < 0x7f) {
			return true;
		}
		int character = codePoint(text, index);
		return !isHidden(character) && switch (Character.getType(character)) {
			case Character.UNASSIGNED, Character.PRIVATE_USE, Character.SURROGATE -> false;
			default -> true;
		};
	}

	/**
	 * Returns the whole of a character, to whichever of its halves the index points.
	 * @param text the text
	 * @param index an index within it
	 * @return the code point
	 */
	public static int codePoint(String text, int index) {
		boolean second = index > 0 && Character.isSurrogatePair(text.charAt(index - 1), text.charAt(index));
		return text.codePointAt(second ? index - 1 : index);
	}

	/**
	 * Returns whether a character breaks the line, controls a terminal, turns the
	 * direction of writing or shows nothing, so that it can hide something. Variation
	 * selectors show nothing, either; the one of emoji is left.
	 * @param character the code point
	 * @return whether it should not be shown as it is
	 */
	public static boolean isHidden(int character) {
		return switch (Character.getType(character)) {
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
			// What else has Default_Ignorable_Code_Point (Unicode, UAX #44).
			case Character.NON_SPACING_MARK -> character == 0x34f || character == 0x17b4 || character == 0x17b5
					|| (character >= 0x180b && character <= 0x180f) || (character >= 0xfe00 && character < 0xfe0f)
					|| (character >= 0xe0100 && character <= 0xe01ef);
			case Character.OTHER_LETTER ->
				character == 0x115f || character == 0x1160 || character == 0x3164 || character == 0xffa0;
			default -> false;
		};
	}

}
