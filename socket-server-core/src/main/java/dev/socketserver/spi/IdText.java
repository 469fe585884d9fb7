package dev.socketserver.spi;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Which texts can be ids: those that differ as bytes, and differ for every store.
 * Malformed input is decoded as U+FFFD, whatever it was. Half of a surrogate pair has no
 * bytes, and databases refuse U+0000.
 */
public final class IdText {

	private IdText() {
	}

	/**
	 * Says why a text cannot be an id.
	 * @param text the text
	 * @return what it has, for the end of a sentence and without the text; {@code null}
	 * if it can be one
	 */
	public static @Nullable String problem(String text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == 0) {
				return "U+0000";
			}
			if (c == '\uFFFD') {
				return "U+FFFD, which malformed input is decoded to";
			}
			if (Character.isSurrogate(c)) {
				boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
				if (!pair) {
					return "half of a surrogate pair";
				}
				i++;
			}
		}
		return null;
	}

	/**
	 * Whether a text is how one of some identities is listed: {@code type:id}, where both
	 * may have further colons.
	 * @param bound the identities, by their types
	 * @param text the text
	 * @return whether it is
	 */
	public static boolean isListed(Map<String, List<String>> bound, String text) {
		return bound.entrySet()
			.stream()
			.anyMatch((of) -> text.startsWith(of.getKey() + ":")
					&& of.getValue().contains(text.substring(of.getKey().length() + 1)));
	}

}
