package dev.socketserver.autoconfigure.keys;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value of a property that must not be shown, since a placeholder in it names a
 * secret.
 *
 * @param text what the property has, with the secret
 */
public record SecretText(String text) {

	private static final List<String> WORDS = List.of("password", "secret", "token", "credentials");

	private static final Pattern INDEX = Pattern.compile("\\[[^]]*]$");

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^:{}]+)");

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
		List<String> names = new ArrayList<>();
		Matcher placeholder = PLACEHOLDER.matcher(written);
		while (placeholder.find()) {
			String name = placeholder.group(1);
			if (isNamed(name)) {
				names.add(name);
			}
		}
		return names;
	}

	/** What the property has, as of each other value. */
	@Override
	public String toString() {
		return this.text;
	}

}
