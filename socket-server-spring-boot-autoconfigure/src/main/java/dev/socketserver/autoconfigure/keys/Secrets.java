package dev.socketserver.autoconfigure.keys;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Values that are never shown: which ones they are, and what is shown instead.
 */
public final class Secrets {

	public static final String HIDDEN = "******";

	private static final List<String> WORDS = List.of("password", "secret", "token", "credentials");

	private static final Pattern INDEX = Pattern.compile("\\[[^]]*]$");

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^:{}]+)");

	private static final Pattern IN_ADDRESS = Pattern.compile("(://[^/@\\s:]*:)[^/@\\s]+@");

	private Secrets() {
	}

	/**
	 * Returns whether the last word of a key says that its value is a secret.
	 * @param key the key
	 */
	public static boolean isNamed(String key) {
		String name = INDEX.matcher(key).replaceFirst("").toLowerCase(Locale.ROOT);
		return WORDS.stream().anyMatch(name::endsWith);
	}

	/**
	 * Returns the secrets that placeholders name.
	 * @param written the value as it is written
	 * @return the names of these properties
	 */
	public static List<String> named(String written) {
		return PLACEHOLDER.matcher(written).results().map((found) -> found.group(1)).filter(Secrets::isNamed).toList();
	}

	/**
	 * Returns a value, or stars for one that is a secret.
	 * @param key its key
	 * @param text the value, or {@code null}
	 */
	public static @Nullable String hidden(String key, @Nullable String text) {
		return (text == null) ? null : isNamed(key) ? HIDDEN : withoutPasswords(text);
	}

	/**
	 * Returns a text without the passwords that are in addresses.
	 * @param text the text
	 */
	public static String withoutPasswords(String text) {
		return text.contains("://") ? IN_ADDRESS.matcher(text).replaceAll("$1" + HIDDEN + "@") : text;
	}

}
