package dev.socketserver.mailbox.store;

import java.nio.charset.StandardCharsets;

/**
 * Which text all stores keep as it is. A database may refuse U+0000, and half of a
 * character has no bytes, so that two texts would be the same.
 */
final class StoredText {

	private StoredText() {
	}

	/** Whether each store can keep a text. */
	static boolean isKept(String text) {
		return text.indexOf(0) < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
	}

	/** Checks a text that is to be stored. */
	static void check(String what, String text) {
		if (!isKept(text)) {
			throw new IllegalArgumentException(what + " has no U+0000, and no half of a character");
		}
	}

}
