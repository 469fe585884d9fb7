package dev.socketserver.autoconfigure.settings;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.socketserver.autoconfigure.keys.KeyCheck;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Binds the environment anew, and finds all that is wrong there. What was bound is kept
 * until a property changes.
 */
final class Binding {

	private static final ConfigurationPropertyName SOCKET = ConfigurationPropertyName.of("socket");

	/** Further mistakes are found when these are corrected. */
	private static final int MOST_MISTAKES = 50;

	private final Environment environment;

	private final FailureTexts texts;

	private @Nullable Map<String, Object> seen;

	private @Nullable Bound bound;

	Binding(Environment environment, FailureTexts texts) {
		this.environment = environment;
		this.texts = texts;
	}

	/**
	 * Binds.
	 * @param inForce has values for what is wrong
	 * @return what the environment says
	 */
	synchronized Bound bind(Configured inForce) {
		Map<String, Object> now = read();
		Bound known = this.bound;
		if (known == null || !known.mistakes().isEmpty() || !now.equals(this.seen)) {
			known = bindAnew(inForce);
			this.bound = known;
			this.seen = now;
		}
		return known;
	}

	/** Returns all of our properties as they are written, source by source. */
	private Map<String, Object> read() {
		Map<String, Object> read = new LinkedHashMap<>();
		int index = 0;
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			index++;
			if (source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName name : iterable) {
					ConfigurationProperty property = SOCKET.isAncestorOf(name) ? source.getConfigurationProperty(name)
							: null;
					if (property != null) {
						String text = property.getValue().toString();
						read.put(index + " " + name,
								text.contains("${") ? this.environment.resolvePlaceholders(text) : text);
					}
				}
			}
		}
		return read;
	}

	private Bound bindAnew(Configured inForce) {
		List<Mistake> mistakes = new ArrayList<>();
		Set<ConfigurationPropertyName> wrong = new HashSet<>();
		while (true) {
			try {
				return new Bound(new Configured(bind(wrong, inForce)), mistakes);
			}
			catch (RuntimeException ex) {
				InvalidSocketPropertyException found = FailureTexts.property(ex);
				ConfigurationPropertyName name = (found != null)
						? ConfigurationPropertyName.adapt(found.property(), '.') : SOCKET;
				mistakes.add(Mistake.of((found != null) ? found.property() : "socket",
						(found != null) ? found.value() : null, this.texts.of(ex)));
				if (found == null || !wrong.add(name) || wrong.size() == MOST_MISTAKES) {
					return new Bound(inForce, mistakes);
				}
			}
		}
	}

	/** Binds all but what is wrong, which stays as it is in force. */
	private SocketProperties bind(Set<ConfigurationPropertyName> wrong, Configured inForce) {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		Map<String, Object> instead = new LinkedHashMap<>();
		inForce.properties().written().forEach((name, property) -> {
			if (isWithin(name, wrong)) {
				instead.put(name.toString(), property.getValue());
			}
		});
		sources.add(new MapConfigurationPropertySource(instead));
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			sources.add(wrong.isEmpty() ? source : source.filter((name) -> !isWithin(name, wrong)));
		}
		return bind(new Binder(sources, new PropertySourcesPlaceholdersResolver(this.environment)));
	}

	private static boolean isWithin(ConfigurationPropertyName name, Set<ConfigurationPropertyName> wrong) {
		return wrong.stream().anyMatch((each) -> each.equals(name) || each.isAncestorOf(name));
	}

	/** Binds as the start of an application does. */
	static SocketProperties bind(Binder binder) {
		return binder.bindOrCreate("socket", Bindable.of(SocketProperties.class),
				new KeyCheck().apply(BindHandler.DEFAULT));
	}

	/**
	 * What the environment says.
	 *
	 * @param configured what was bound
	 * @param mistakes what could not be bound
	 */
	record Bound(Configured configured, List<Mistake> mistakes) {

	}

}
