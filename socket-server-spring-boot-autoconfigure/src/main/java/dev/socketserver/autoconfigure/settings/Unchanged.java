package dev.socketserver.autoconfigure.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.socketserver.autoconfigure.port.LocalPlaceholders;
import dev.socketserver.autoconfigure.properties.Section;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * The values of servers, clients and defaults that are written as they are in force,
 * which need not be bound again. Boot's binder asks for every key that there is of each
 * entry of which it sees one, and looks for each in every source.
 */
final class Unchanged {

	private static final ConfigurationPropertyName SOCKET = ConfigurationPropertyName.of("socket");

	private static final ConfigurationPropertyName DEFAULTS = ConfigurationPropertyName.of(Section.DEFAULTS);

	private static final ConfigurationPropertyName ENABLED = DEFAULTS.append("enabled");

	private static final int ENTRY = 3;

	private final LocalPlaceholders placeholders;

	/** What is written now, by the names of entries, by the names of whole values. */
	private final Map<ConfigurationPropertyName, Map<ConfigurationPropertyName, Map<ConfigurationPropertyName, String>>> now = new HashMap<>();

	/** How each entry is spelled: a variable has no dashes. */
	private final Map<ConfigurationPropertyName, Set<String>> spelled = new HashMap<>();

	/** The sources, each with the names of our properties as far as it tells them. */
	private final Map<ConfigurationPropertySource, Set<ConfigurationPropertyName>> sources = new LinkedHashMap<>();

	private final Map<SettingsEntry, Map<String, Value>> entries = new HashMap<>();

	private final Map<String, Value> defaults = new HashMap<>();

	/** The names of the values. */
	private final Set<ConfigurationPropertyName> names = new HashSet<>();

	/**
	 * Finds them.
	 * @param inForce what is in force
	 * @param sources the sources of the environment
	 * @param placeholders resolves what is written there
	 */
	Unchanged(Configured inForce, Iterable<ConfigurationPropertySource> sources, LocalPlaceholders placeholders) {
		this.placeholders = placeholders;
		for (ConfigurationPropertySource source : sources) {
			this.sources.put(source,
					(source instanceof IterableConfigurationPropertySource iterable) ? read(iterable) : Set.of());
		}
		Map<ConfigurationPropertyName, Map<ConfigurationPropertyName, String>> inherited = this.now
			.getOrDefault(DEFAULTS, Map.of());
		// What servers inherit may say whether they exist.
		boolean switched = inForce.defaults().containsKey(ENABLED.getLastElement(Form.DASHED))
				|| inherited.containsKey(ENABLED);
		for (SettingsEntry entry : inForce.entries()) {
			if (switched && entry.section() == Section.SERVERS) {
				continue;
			}
			ConfigurationPropertyName name = ConfigurationPropertyName.of(entry.property());
			if (!inForce.isBehind(entry) && Set.of(entry.name()).equals(this.spelled.get(name))) {
				Map<String, Value> same = same(inForce.own(entry), this.now.getOrDefault(name, Map.of()));
				if (!same.isEmpty()) {
					this.entries.put(entry, same);
				}
			}
		}
		if (!switched) {
			this.defaults.putAll(same(inForce.defaults(), inherited));
		}
	}

	private Set<ConfigurationPropertyName> read(IterableConfigurationPropertySource source) {
		Set<ConfigurationPropertyName> ours = new LinkedHashSet<>();
		for (ConfigurationPropertyName name : source) {
			if (SOCKET.isAncestorOf(name)) {
				ours.add(name);
				ConfigurationPropertyName owner = owner(name);
				if (owner != null) {
					ConfigurationProperty property = source.getConfigurationProperty(name);
					String text = (property != null) ? property.getValue().toString() : "";
					this.now.computeIfAbsent(owner, (entry) -> new HashMap<>())
						.computeIfAbsent(Configured.whole(name), (whole) -> new HashMap<>())
						.putIfAbsent(name, this.placeholders.resolveOthers(text));
				}
			}
		}
		return ours;
	}

	/** Returns the name of the entry, or of the defaults, that a property belongs to. */
	private @Nullable ConfigurationPropertyName owner(ConfigurationPropertyName name) {
		if (DEFAULTS.isAncestorOf(name)) {
			return DEFAULTS;
		}
		if (name.getNumberOfElements() <= ENTRY) {
			return null;
		}
		ConfigurationPropertyName owner = name.chop(ENTRY);
		this.spelled.computeIfAbsent(owner, (entry) -> new HashSet<>()).add(owner.getLastElement(Form.ORIGINAL));
		return owner;
	}

	private Map<String, Value> same(Map<String, Value> values,
			Map<ConfigurationPropertyName, Map<ConfigurationPropertyName, String>> written) {
		Map<String, Value> same = new HashMap<>();
		values.forEach((key, value) -> {
			Map<ConfigurationPropertyName, String> before = new HashMap<>();
			value.parts().forEach((part) -> before.put(part.getName(), Value.text(part)));
			if (before.equals(written.get(value.name()))) {
				same.put(key, value);
				this.names.add(value.name());
			}
		});
		return same;
	}

	/** Returns the entries that have any. */
	Set<SettingsEntry> entries() {
		return this.entries.keySet();
	}

	/** Returns the values of an entry. */
	Map<String, Value> of(SettingsEntry entry) {
		return this.entries.getOrDefault(entry, Map.of());
	}

	/** Returns the values that servers inherit. */
	Map<String, Value> defaults() {
		return this.defaults;
	}

	/**
	 * Returns the sources without these values. Those that have nothing else of ours are
	 * left out.
	 * @param wrong the names of others that they must not have
	 */
	List<ConfigurationPropertySource> rest(Set<ConfigurationPropertyName> wrong) {
		List<ConfigurationPropertySource> rest = new ArrayList<>();
		this.sources.forEach((source, names) -> {
			Set<ConfigurationPropertyName> left = new LinkedHashSet<>(names);
			left.removeIf((name) -> !isLeft(name, wrong));
			if (source instanceof IterableConfigurationPropertySource iterable && !isOfVariables(source)) {
				if (!left.isEmpty()) {
					rest.add(new Rest(iterable, left));
				}
			}
			else if (!left.isEmpty() || !(source instanceof IterableConfigurationPropertySource)) {
				rest.add(source.filter((name) -> isLeft(name, wrong)));
			}
		});
		return rest;
	}

	/** Whether a property is also found by names that the source does not tell. */
	private static boolean isOfVariables(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
	}

	private boolean isLeft(ConfigurationPropertyName name, Set<ConfigurationPropertyName> wrong) {
		return !this.names.contains(Configured.whole(name)) && !isWithin(name, wrong);
	}

	static boolean isWithin(ConfigurationPropertyName name, Set<ConfigurationPropertyName> wrong) {
		return wrong.stream().anyMatch((each) -> each.equals(name) || each.isAncestorOf(name));
	}

	/** Some properties of a source. */
	private static final class Rest implements IterableConfigurationPropertySource {

		private final IterableConfigurationPropertySource source;

		private final Set<ConfigurationPropertyName> names;

		/** The names of what they are in. */
		private final Set<ConfigurationPropertyName> above = new HashSet<>();

		Rest(IterableConfigurationPropertySource source, Set<ConfigurationPropertyName> names) {
			this.source = source;
			this.names = names;
			for (ConfigurationPropertyName name : names) {
				for (ConfigurationPropertyName parent = name.getParent(); this.above.add(parent)
						&& !parent.isEmpty(); parent = parent.getParent()) {
					// Up to the empty name.
				}
			}
		}

		@Override
		public Stream<ConfigurationPropertyName> stream() {
			return this.names.stream();
		}

		@Override
		public Iterator<ConfigurationPropertyName> iterator() {
			return this.names.iterator();
		}

		@Override
		public @Nullable ConfigurationProperty getConfigurationProperty(ConfigurationPropertyName name) {
			return this.names.contains(name) ? this.source.getConfigurationProperty(name) : null;
		}

		@Override
		public ConfigurationPropertyState containsDescendantOf(ConfigurationPropertyName name) {
			return this.above.contains(name) ? ConfigurationPropertyState.PRESENT : ConfigurationPropertyState.ABSENT;
		}

		@Override
		public @Nullable Object getUnderlyingSource() {
			return this.source.getUnderlyingSource();
		}

	}

}
