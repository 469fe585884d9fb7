package dev.socketserver.autoconfigure.port;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.PropertySourcesPropertyResolver;

/**
 * Placeholders of ports of this application, such as {@code ${local.socket.orders.port}}.
 * They are asked for when a client connects, since a server may listen on another port by
 * then. Random values are another each time that somebody asks, and were bound once.
 */
public final class LocalPlaceholders {

	private static final Pattern LOCAL = Pattern.compile("\\$\\{(local\\.socket\\.[^.{}:]+\\.port)}");

	/** Stands for a placeholder while others are replaced: no property has it. */
	private static final char MARK = '\0';

	/** Begins a placeholder of a random value. */
	private static final char RANDOM = '\1';

	private final PropertySourcesPropertyResolver others;

	/**
	 * Creates the object.
	 * @param environment has the values of all other placeholders
	 */
	public LocalPlaceholders(ConfigurableEnvironment environment) {
		MutablePropertySources sources = new MutablePropertySources();
		sources.addLast(new Others(environment));
		this.others = new PropertySourcesPropertyResolver(sources);
	}

	/**
	 * Returns a text with the values of all other placeholders, but for random ones.
	 * @param text the text
	 */
	public String resolveOthers(String text) {
		if (!text.contains("${")) {
			return text;
		}
		List<String> local = new ArrayList<>();
		String marked = LOCAL.matcher(text).replaceAll((placeholder) -> {
			local.add(placeholder.group());
			return MARK + String.valueOf(local.size() - 1) + MARK;
		});
		String resolved = this.others.resolvePlaceholders(marked).replace(String.valueOf(RANDOM), "${");
		for (int i = 0; i < local.size(); i++) {
			resolved = resolved.replace(MARK + String.valueOf(i) + MARK, local.get(i));
		}
		return resolved;
	}

	/**
	 * Whether there is one.
	 * @param text the text
	 */
	public static boolean areIn(String text) {
		return LOCAL.matcher(text).find();
	}

	/**
	 * Returns a text with the names of properties in their place, which mean the same.
	 * @param text the text
	 */
	public static String named(String text) {
		return LOCAL.matcher(text).replaceAll("$1");
	}

	/** All properties of an environment, with marks in place of random values. */
	private static final class Others extends PropertySource<ConfigurableEnvironment> {

		Others(ConfigurableEnvironment environment) {
			super("others", environment);
		}

		@Override
		public @Nullable Object getProperty(String name) {
			if (name.startsWith("random.")) {
				return RANDOM + name + "}";
			}
			for (PropertySource<?> each : getSource().getPropertySources()) {
				Object value = each.getProperty(name);
				if (value != null) {
					return value;
				}
			}
			return null;
		}

	}

}
