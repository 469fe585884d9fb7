package dev.socketserver.autoconfigure.settings;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.socketserver.autoconfigure.block.KnownModules;
import dev.socketserver.autoconfigure.keys.KeyCheck;
import dev.socketserver.autoconfigure.port.LocalPlaceholders;
import dev.socketserver.autoconfigure.properties.EntryNames;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerDefaults;
import dev.socketserver.autoconfigure.properties.SessionProperties;
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

	private final LocalPlaceholders placeholders;

	private final FailureTexts texts;

	private @Nullable Map<String, Object> seen;

	private @Nullable Bound bound;

	Binding(Environment environment, LocalPlaceholders placeholders, FailureTexts texts) {
		this.environment = environment;
		this.placeholders = placeholders;
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
						read.put(index + " " + name, this.placeholders.resolveOthers(text));
					}
				}
			}
		}
		return read;
	}

	private Bound bindAnew(Configured inForce) {
		List<Mistake> mistakes = new ArrayList<>();
		Unchanged same = new Unchanged(inForce, ConfigurationPropertySources.get(this.environment), this.placeholders);
		Set<ConfigurationPropertyName> wrong = new HashSet<>();
		while (true) {
			try {
				SocketProperties properties = bind(wrong, same, inForce);
				refuseAbsent(properties, inForce);
				refuseNames(Section.SERVERS, properties.getServers(), mistakes);
				refuseNames(Section.CLIENTS, properties.getClients(), mistakes);
				Configured changed = new Configured(properties, same.entries(), this.placeholders);
				return new Bound(inForce.with(same, changed), mistakes);
			}
			catch (RuntimeException ex) {
				InvalidSocketPropertyException found = FailureTexts.property(ex);
				ConfigurationPropertyName name = (found != null)
						? ConfigurationPropertyName.adapt(found.property(), '.') : SOCKET;
				mistakes.add(this.texts.mistake(ex, found, "socket"));
				if (found == null || !wrong.add(name) || wrong.size() == MOST_MISTAKES) {
					return new Bound(inForce, mistakes);
				}
			}
		}
	}

	/**
	 * Refuses keys of modules that the application lacks, which no entry keeps. Those of
	 * the application as a whole need another start in any case.
	 */
	private static void refuseAbsent(SocketProperties properties, Configured inForce) {
		ServerDefaults defaults = properties.getServerDefaults();
		boolean inherits = inForce.entries().stream().anyMatch((entry) -> entry.section() == Section.SERVERS);
		Map<String, Object> inherited = (defaults != null && inherits) ? defaults.absent() : Map.of();
		inherited.forEach((key, value) -> {
			throw KnownModules.absent(Section.DEFAULTS, key, value);
		});
		properties.getServers().forEach((name, server) -> {
			if (!Boolean.FALSE.equals(server.getEnabled())) {
				server.absent().forEach((key, value) -> {
					throw KnownModules.absent(Section.SERVERS.property() + "." + name, key, value);
				});
			}
		});
	}

	/** Leaves out entries with names that the application could not start with. */
	private void refuseNames(Section section, Map<String, ? extends SessionProperties> entries,
			List<Mistake> mistakes) {
		entries.entrySet().removeIf((entry) -> {
			if (Boolean.FALSE.equals(entry.getValue().getEnabled())) {
				return false;
			}
			String name = entry.getKey();
			try {
				EntryNames.check(section, name, this.environment);
				return false;
			}
			catch (InvalidSocketPropertyException ex) {
				Mistake mistake = new Mistake(section.words() + "." + name, null, name, this.texts.of(ex));
				if (!mistakes.contains(mistake)) {
					mistakes.add(mistake);
				}
				return true;
			}
		});
	}

	/** Binds what has changed, but for what is wrong, which stays as it is in force. */
	private SocketProperties bind(Set<ConfigurationPropertyName> wrong, Unchanged same, Configured inForce) {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		if (!wrong.isEmpty()) {
			Map<String, Object> instead = new LinkedHashMap<>();
			inForce.forEachPart((part) -> {
				if (Unchanged.isWithin(part.getName(), wrong)) {
					instead.put(part.getName().toString(), Value.text(part));
				}
			});
			sources.add(new MapConfigurationPropertySource(instead));
		}
		sources.addAll(same.rest(wrong));
		Binder binder = new Binder(sources, new PropertySourcesPlaceholdersResolver(this.environment));
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
