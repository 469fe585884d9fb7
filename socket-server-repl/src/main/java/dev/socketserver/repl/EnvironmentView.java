package dev.socketserver.repl;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketserver.repl.evaluate.ValueText;

import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/**
 * What a console shows of the environment: all properties, but no value that seems to be
 * a secret.
 */
final class EnvironmentView {

	/**
	 * Parts of the names of properties whose values are not shown. The last ones have
	 * properties of any kind in their values, or are made of those.
	 */
	private static final List<String> SECRETS = List.of("password", "secret", "token", "key", "credential", "uri",
			"url", "spring.application.json", "spring_application_json", "vcap.services", "vcap_services");

	/**
	 * A secret within a value: sun.java.command has all arguments of the application, and
	 * others have JSON, whose quotes may be escaped, or a URL with a password.
	 */
	private static final Pattern ASSIGNED_SECRET = Pattern
		.compile("(?i)(?:password|secret|token|credential)[\\w.-]*[\\\\\"'\\s]*[=:]|://[^/@\\s]*:[^/@\\s]+@");

	private static final String HIDDEN = "******";

	private final ConfigurableEnvironment environment;

	EnvironmentView(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	/** Returns the names of the property sources, the one that counts first in front. */
	List<String> sources() {
		return this.environment.getPropertySources().stream().map(PropertySource::getName).toList();
	}

	List<String> profiles() {
		return List.of(this.environment.getActiveProfiles());
	}

	/** Returns the properties whose names begin with a prefix, by name. */
	Map<String, String> properties(String prefix) {
		Map<String, String> shown = new TreeMap<>();
		for (PropertySource<?> source : this.environment.getPropertySources()) {
			if (source instanceof EnumerablePropertySource<?> enumerable) {
				Stream.of(enumerable.getPropertyNames())
					.filter((name) -> name.startsWith(prefix))
					.forEach((name) -> shown.computeIfAbsent(name, this::value));
			}
		}
		return shown;
	}

	private String value(String property) {
		String name = property.toLowerCase(Locale.ROOT);
		if (SECRETS.stream().anyMatch(name::contains)) {
			return HIDDEN;
		}
		try {
			String value = String.valueOf(this.environment.getProperty(property));
			return ASSIGNED_SECRET.matcher(value).find() ? HIDDEN : value;
		}
		catch (RuntimeException ex) {
			// The value has a placeholder that cannot be resolved.
			return "(" + ValueText.of(ex, true) + ")";
		}
	}

}
