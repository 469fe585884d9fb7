package dev.socketserver.autoconfigure.settings;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.socketserver.autoconfigure.keys.Secrets;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * The secrets among the properties, which no text about a failure may have. They are
 * looked for when there is such a text.
 */
final class SecretValues {

	private static final ConfigurationPropertyName SOCKET = ConfigurationPropertyName.of("socket");

	/** The names of what is configured may be any word. */
	private static final Set<String> NAMED = Set.of("servers", "clients", "listeners");

	/** What is shorter is a secret only where it is quoted. */
	private static final int WORD = 3;

	private final Environment environment;

	SecretValues(Environment environment) {
		this.environment = environment;
	}

	/** Returns a text with stars in place of all secrets. */
	String hide(String text) {
		String hidden = Secrets.withoutPasswords(text);
		for (String secret : all()) {
			if (hidden.contains(secret)) {
				hidden = hidden.replace("'" + secret + "'", "'" + Secrets.HIDDEN + "'");
				if (secret.length() >= WORD) {
					hidden = Pattern.compile("(?<![\\w.-])" + Pattern.quote(secret) + "(?![\\w-])")
						.matcher(hidden)
						.replaceAll(Matcher.quoteReplacement(Secrets.HIDDEN));
				}
			}
		}
		return hidden;
	}

	/** Returns all secrets, the longest first, since one may be part of another. */
	private Set<String> all() {
		Set<String> all = new TreeSet<>(
				Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName name : iterable) {
					ConfigurationProperty property = SOCKET.isAncestorOf(name) ? source.getConfigurationProperty(name)
							: null;
					if (property != null) {
						add(all, name, property.getValue().toString());
					}
				}
			}
		}
		all.remove("");
		return all;
	}

	private void add(Set<String> all, ConfigurationPropertyName name, String written) {
		if (isSecret(name)) {
			all.add(written);
			add(all, written);
		}
		List<String> placeholders = Secrets.named(written);
		placeholders.forEach((placeholder) -> add(all, "${" + placeholder + "}"));
	}

	private void add(Set<String> all, String written) {
		String resolved = resolved(written);
		if (resolved != null) {
			all.add(resolved);
		}
	}

	private @Nullable String resolved(String written) {
		try {
			return this.environment.resolvePlaceholders(written);
		}
		catch (IllegalArgumentException ex) {
			// A placeholder names itself: there is no value.
			return null;
		}
	}

	/** Whether the value may be a secret, also if the key is one too long. */
	private static boolean isSecret(ConfigurationPropertyName name) {
		boolean named = false;
		for (int i = 1; i < name.getNumberOfElements(); i++) {
			String element = name.getElement(i, Form.DASHED);
			if (!named && Secrets.isNamed(element)) {
				return true;
			}
			named = NAMED.contains(element);
		}
		return false;
	}

}
