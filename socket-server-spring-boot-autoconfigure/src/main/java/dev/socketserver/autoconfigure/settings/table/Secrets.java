package dev.socketserver.autoconfigure.settings.table;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Values that are never shown.
 */
public final class Secrets {

	public static final String HIDDEN = "******";

	private static final Set<String> WORDS = Set.of("password", "secret", "token", "credentials");

	private Secrets() {
	}

	/**
	 * Returns a value, or stars for one that is a secret.
	 * @param key its key
	 * @param text the value, or {@code null}
	 */
	public static @Nullable String hidden(String key, @Nullable String text) {
		String word = key.substring(Math.max(key.lastIndexOf('.'), key.lastIndexOf('-')) + 1);
		return (text != null && WORDS.contains(word)) ? HIDDEN : text;
	}

}
