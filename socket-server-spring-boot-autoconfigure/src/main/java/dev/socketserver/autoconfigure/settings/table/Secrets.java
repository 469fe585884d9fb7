package dev.socketserver.autoconfigure.settings.table;

import java.util.regex.Pattern;

import dev.socketserver.autoconfigure.keys.SecretText;
import org.jspecify.annotations.Nullable;

/**
 * Values that are never shown.
 */
public final class Secrets {

	public static final String HIDDEN = "******";

	private static final Pattern IN_ADDRESS = Pattern.compile("(://[^/@\\s:]*:)[^/@\\s]+@");

	private Secrets() {
	}

	/**
	 * Returns a value, or stars for one that is a secret.
	 * @param key its key
	 * @param text the value, or {@code null}
	 */
	public static @Nullable String hidden(String key, @Nullable String text) {
		return (text == null) ? null : SecretText.isNamed(key) ? HIDDEN : withoutPasswords(text);
	}

	/**
	 * Returns a text without the passwords that are in addresses.
	 * @param text the text
	 */
	public static String withoutPasswords(String text) {
		return text.contains("://") ? IN_ADDRESS.matcher(text).replaceAll("$1" + HIDDEN + "@") : text;
	}

}
