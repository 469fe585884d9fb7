package dev.socketserver.autoconfigure.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

import dev.socketserver.autoconfigure.keys.SecretText;
import dev.socketserver.autoconfigure.keys.Secrets;
import dev.socketserver.autoconfigure.port.LocalPlaceholders;
import dev.socketserver.autoconfigure.properties.EntryNames;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerDefaults;
import dev.socketserver.autoconfigure.properties.SessionProperties;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.settings.table.SettingsTable;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * What properties say about servers and clients, key by key, at the moment at which they
 * were bound. Immutable.
 */
final class Configured {

	private static final ConfigurationPropertyName DEFAULTS = ConfigurationPropertyName.of(Section.DEFAULTS);

	/** The defaults as a variable spells them, which has no dashes. */
	private static final ConfigurationPropertyName VARIABLES = ConfigurationPropertyName
		.of(Section.DEFAULTS.replace('-', '.'));

	private final SocketProperties properties;

	private final Map<SettingsEntry, Map<String, Value>> entries = new LinkedHashMap<>();

	private final Map<String, Value> defaults = new TreeMap<>();

	private final Map<String, Value> others = new TreeMap<>();

	/**
	 * Reads what was bound.
	 * @param properties the properties
	 * @param others entries that are there unless they are disabled, also if nothing was
	 * bound of them
	 * @param placeholders has the values of placeholders that were left as they are
	 */
	Configured(SocketProperties properties, Collection<SettingsEntry> others, LocalPlaceholders placeholders) {
		this.properties = properties;
		add(Section.SERVERS, properties.getServers(), others);
		add(Section.CLIENTS, properties.getClients(), others);
		Map<ConfigurationPropertyName, List<ConfigurationProperty>> values = new LinkedHashMap<>();
		Map<ConfigurationPropertyName, SettingsEntry> named = new HashMap<>();
		this.entries.keySet().forEach((entry) -> named.put(ConfigurationPropertyName.of(entry.property()), entry));
		properties.written().forEach((name, property) -> {
			ConfigurationPropertyName spelled = spelled(name, named);
			List<ConfigurationProperty> parts = values.computeIfAbsent(whole(spelled), (key) -> new ArrayList<>());
			// A variable is written under both names.
			if (parts.stream().noneMatch((part) -> part.getName().equals(spelled))) {
				parts.add(resolved(
						property.getName().toString().equals(spelled.toString()) ? property
								: new ConfigurationProperty(spelled, property.getValue(), property.getOrigin()),
						placeholders));
			}
		});
		values.forEach((name, parts) -> add(name, parts, properties.bound().get(name)));
	}

	private Configured(Configured base) {
		this.properties = base.properties;
	}

	/** Returns a name with the dashes that it lacks where a variable has none. */
	private static ConfigurationPropertyName spelled(ConfigurationPropertyName name,
			Map<ConfigurationPropertyName, SettingsEntry> named) {
		if (VARIABLES.isAncestorOf(name)) {
			return DEFAULTS.append(name.subName(VARIABLES.getNumberOfElements()));
		}
		ConfigurationPropertyName owner = name.chop(3);
		SettingsEntry entry = named.get(owner);
		return (entry == null || owner.toString().equals(entry.property())) ? name : ConfigurationPropertyName
			.adapt(entry.property() + name.toString().substring(owner.toString().length()), '.');
	}

	private static ConfigurationProperty resolved(ConfigurationProperty property, LocalPlaceholders placeholders) {
		String written = property.getValue().toString();
		String text = placeholders.resolveOthers(written);
		return text.equals(written) ? property : new ConfigurationProperty(property.getName(),
				Secrets.named(written).isEmpty() ? text : new SecretText(text), property.getOrigin());
	}

	/**
	 * Returns what the environment says.
	 * @param same has values that are written as before, and were not bound again
	 * @param changed what was bound of all others
	 */
	Configured with(Unchanged same, Configured changed) {
		Configured next = new Configured(this);
		this.entries.keySet().forEach((entry) -> {
			Map<String, Value> values = new TreeMap<>(same.of(entry));
			values.putAll(changed.own(entry));
			if (changed.has(entry)) {
				next.entries.put(entry, values);
			}
		});
		changed.entries.forEach(next.entries::putIfAbsent);
		next.defaults.putAll(same.defaults());
		next.defaults.putAll(changed.defaults);
		next.others.putAll(changed.others);
		return next;
	}

	/**
	 * Returns this with other entries and defaults. All other entries keep what they have
	 * inherited before.
	 * @param defaults what servers inherit
	 * @param wanted what holds for each entry that has changed, with what it inherits
	 * @param changed the entries that have changed; those without values are gone
	 */
	Configured with(Map<String, Value> defaults, Map<SettingsEntry, Map<String, Value>> wanted,
			Set<SettingsEntry> changed) {
		Configured next = new Configured(this);
		next.others.putAll(this.others);
		next.defaults.putAll(defaults);
		next.entries.putAll(this.entries);
		next.entries.keySet().removeIf((entry) -> changed.contains(entry) && !wanted.containsKey(entry));
		this.entries.keySet().forEach((entry) -> {
			if (!changed.contains(entry)) {
				next.entries.put(entry, kept(entry, of(entry), defaults));
			}
		});
		wanted.forEach((entry, values) -> next.entries.put(entry, kept(entry, values, defaults)));
		return next;
	}

	/** Returns what an entry has in place of what it would inherit. */
	private static Map<String, Value> kept(SettingsEntry entry, Map<String, Value> values,
			Map<String, Value> inherited) {
		Map<String, Value> kept = new TreeMap<>(values);
		if (entry.section() == Section.SERVERS) {
			kept.entrySet().removeIf((each) -> {
				Value other = inherited.get(each.getKey());
				return each.getValue().inherited() && other != null && each.getValue().means(other);
			});
			inherited.forEach((key, value) -> {
				if (!values.containsKey(key)) {
					kept.put(key, Value.none(value.name()));
				}
			});
		}
		return kept;
	}

	/** Whether an entry itself has something in place of what it would inherit now. */
	boolean isBehind(SettingsEntry entry) {
		return own(entry).values().stream().anyMatch(Value::inherited);
	}

	/** Calls back for all that is written, by the name of the property. */
	void forEachPart(Consumer<ConfigurationProperty> part) {
		this.defaults.values().forEach((value) -> value.parts().forEach(part));
		this.others.values().forEach((value) -> value.parts().forEach(part));
		this.entries.values().forEach((own) -> own.values().forEach((value) -> value.parts().forEach(part)));
	}

	private void add(Section section, Map<String, ? extends SessionProperties> all, Collection<SettingsEntry> others) {
		Map<String, ? extends SessionProperties> bound = EntryNames.collapse(section, all);
		bound.forEach((name, entry) -> {
			if (!Boolean.FALSE.equals(entry.getEnabled())) {
				this.entries.put(new SettingsEntry(section, name), new TreeMap<>());
			}
		});
		others.forEach((other) -> {
			if (other.section() == section && !bound.containsKey(other.name())) {
				this.entries.put(other, new TreeMap<>());
			}
		});
	}

	/** Returns the name up to a framing, or up to the first index. */
	static ConfigurationPropertyName whole(ConfigurationPropertyName name) {
		for (int i = 2; i < name.getNumberOfElements(); i++) {
			if (name.isNumericIndex(i)) {
				return name.chop(i);
			}
			if (name.getElement(i, Form.UNIFORM).equals(SettingsTable.FRAMING) && isFraming(name, i)) {
				return name.chop(i + 1);
			}
		}
		return name;
	}

	/**
	 * Whether it is the key of an entry, a listener or the defaults, and not its name.
	 */
	private static boolean isFraming(ConfigurationPropertyName name, int index) {
		return index == (DEFAULTS.isAncestorOf(name) ? 2 : 3)
				|| (index == 5 && name.getElement(3, Form.UNIFORM).equals("listeners"));
	}

	private void add(ConfigurationPropertyName name, List<ConfigurationProperty> parts, @Nullable Object bound) {
		boolean framing = name.getLastElement(Form.UNIFORM).equals(SettingsTable.FRAMING)
				&& name.getNumberOfElements() > 2;
		if (bound == null && !framing) {
			// Nothing of ours: a variable of another program.
			return;
		}
		Value value = new Value(name, framing ? ofOneForm(name, parts) : parts, bound, false);
		if (DEFAULTS.isAncestorOf(name)) {
			this.defaults.put(below(name, DEFAULTS), value);
			return;
		}
		for (Section section : Section.values()) {
			if (ConfigurationPropertyName.of(section.property()).isAncestorOf(name)) {
				Map<String, Value> entry = this.entries
					.get(new SettingsEntry(section, name.getElement(2, Form.DASHED)));
				if (entry != null && name.getNumberOfElements() > 3) {
					entry.put(below(name, name.chop(3)), value);
				}
				return;
			}
		}
		this.others.put(name.toString(), value);
	}

	/** Not by subName, which fails for a long name that was made by append. */
	private static String below(ConfigurationPropertyName name, ConfigurationPropertyName prefix) {
		return name.toString().substring(prefix.toString().length() + 1);
	}

	/** Of a word and a block, the source that comes first decides. */
	private static List<ConfigurationProperty> ofOneForm(ConfigurationPropertyName name,
			List<ConfigurationProperty> parts) {
		boolean word = parts.get(0).getName().equals(name);
		return word ? parts.subList(0, 1) : parts.stream().filter((part) -> !part.getName().equals(name)).toList();
	}

	SocketProperties properties() {
		return this.properties;
	}

	/** Returns the servers, and then the clients, that are enabled. */
	Set<SettingsEntry> entries() {
		return new LinkedHashSet<>(this.entries.keySet());
	}

	boolean has(SettingsEntry entry) {
		return this.entries.containsKey(entry);
	}

	/**
	 * Returns what a key of an entry is shown with; {@code null} if nothing sets it.
	 * @param entry the entry as it is shown
	 * @param key the key
	 */
	@Nullable String shown(@Nullable String entry, String key) {
		for (SettingsEntry each : this.entries.keySet()) {
			Value value = each.toString().equals(entry) ? of(each).get(key) : null;
			if (value != null) {
				return Secrets.hidden(key, value.shown());
			}
		}
		return null;
	}

	/** Returns what servers inherit, by key. */
	Map<String, Value> defaults() {
		return this.defaults;
	}

	/**
	 * Returns what is set for the application as a whole, by the name of the property.
	 */
	Map<String, Value> others() {
		return this.others;
	}

	/** Returns what an entry sets itself, by key. */
	Map<String, Value> own(SettingsEntry entry) {
		return this.entries.getOrDefault(entry, Map.of());
	}

	/** Returns what holds for an entry, by key, with what it inherits. */
	Map<String, Value> of(SettingsEntry entry) {
		if (entry.section() == Section.CLIENTS) {
			return own(entry);
		}
		Map<String, Value> all = new TreeMap<>();
		this.defaults.forEach((key, value) -> all.put(key, value.asInherited()));
		own(entry).forEach((key, value) -> {
			if (value.isNone()) {
				all.remove(key);
			}
			else if (!("".equals(value.bound()) && ServerDefaults.isNeverEmpty(key))) {
				all.put(key, value);
			}
		});
		return all;
	}

}
