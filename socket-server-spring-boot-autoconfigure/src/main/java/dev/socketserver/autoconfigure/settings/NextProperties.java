package dev.socketserver.autoconfigure.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.socketserver.autoconfigure.block.ServerBlocks;
import dev.socketserver.autoconfigure.port.LocalPlaceholders;
import dev.socketserver.autoconfigure.properties.BoundEntries;
import dev.socketserver.autoconfigure.properties.ClientProperties;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SessionProperties;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.settings.table.Row;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.core.env.AbstractEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/**
 * What is to be in force: what is, overlaid by some of the changes. It is bound like the
 * properties of an application, whose texts and origins it has.
 */
final class NextProperties {

	private final Configured inForce;

	private final Configured next;

	private final Collection<Change> left;

	private final Map<String, Object> properties = new LinkedHashMap<>();

	private final Set<SettingsEntry> changed;

	private final Map<String, Value> defaults;

	/** What holds for each entry that changes, with what it inherits. */
	private final Map<SettingsEntry, Map<String, Value>> wanted = new LinkedHashMap<>();

	/** What the properties have of each entry; nothing if it is gone. */
	private final Map<SettingsEntry, Map<String, Value>> entries = new LinkedHashMap<>();

	private final OriginTrackedMapPropertySource source;

	/**
	 * Lays changes over what is in force.
	 * @param inForce what is in force
	 * @param next what the environment says
	 * @param left the changes between both that are not made
	 * @param changed the entries that others are made of; all others stay as they are
	 */
	NextProperties(Configured inForce, Configured next, Collection<Change> left, Set<SettingsEntry> changed) {
		this.inForce = inForce;
		this.next = next;
		this.left = left;
		this.changed = changed;
		this.defaults = defaults();
		Set<SettingsEntry> entries = inForce.entries();
		entries.addAll(next.entries());
		for (SettingsEntry entry : entries) {
			if (changed.contains(entry) && isHere(entry)) {
				this.wanted.put(entry, wanted(entry));
			}
		}
		// What one of them does not inherit yet, the others have themselves.
		Map<String, Value> shared = new LinkedHashMap<>(this.defaults);
		this.wanted.forEach((entry, values) -> {
			if (entry.section() == Section.SERVERS) {
				shared.keySet().retainAll(values.keySet());
			}
		});
		shared.forEach((key, value) -> add(Section.DEFAULTS + "." + key, value));
		for (SettingsEntry entry : entries) {
			Map<String, Value> values = this.wanted.get(entry);
			if (values != null) {
				this.entries.put(entry, values);
				values.forEach((key, value) -> set(entry, key, value, shared.get(key)));
			}
			else if (changed.contains(entry)) {
				// The properties may have it, disabled.
				this.properties.put(entry.property() + ".enabled", "false");
				this.entries.put(entry, Map.of());
			}
			else if (inForce.has(entry)) {
				addWhatOthersNeed(entry);
			}
		}
		this.source = new OriginTrackedMapPropertySource("settings", this.properties, true);
	}

	/** A default that somebody does not take yet stays as it is. */
	private Map<String, Value> defaults() {
		Map<String, Value> defaults = new LinkedHashMap<>(this.next.defaults());
		for (Change change : this.left) {
			String key = change.whole();
			if (key != null && change.entry() != null && change.entry().section() == Section.SERVERS) {
				leave(key, this.inForce.defaults(), defaults);
			}
		}
		return defaults;
	}

	/**
	 * Which handlers are taken depends on all entries, also on those without such keys.
	 */
	private void addWhatOthersNeed(SettingsEntry entry) {
		Map<String, Value> needed = new TreeMap<>();
		this.inForce.of(entry).forEach((key, value) -> {
			if (!value.isNone() && (key.equals("port") || key.equals("handler") || key.startsWith("domain-socket.")
					|| ServerBlocks.isBlock(Row.block(key)))) {
				add(entry.property() + "." + key, value);
				needed.put(key, value);
			}
		});
		this.entries.put(entry, needed);
	}

	private boolean isHere(SettingsEntry entry) {
		for (Change change : this.left) {
			if (entry.equals(change.entry()) && change.whole() == null) {
				return change.verdict() == Verdict.REMOVE;
			}
		}
		return this.next.has(entry);
	}

	private Map<String, Value> wanted(SettingsEntry entry) {
		Map<String, Value> before = this.inForce.of(entry);
		Map<String, Value> wanted = new TreeMap<>(this.next.has(entry) ? this.next.of(entry) : before);
		for (Change change : this.left) {
			String key = change.whole();
			if (entry.equals(change.entry()) && key != null) {
				leave(key, before, wanted);
			}
		}
		return wanted;
	}

	/** Has a key stay as it was. */
	private static void leave(String key, Map<String, Value> before, Map<String, Value> wanted) {
		wanted.compute(key, (same, value) -> before.get(same));
	}

	private void set(SettingsEntry entry, String key, Value value, @Nullable Value inherited) {
		if (!value.inherited() || inherited == null || !value.means(inherited)) {
			add(entry.property() + "." + key, value);
		}
	}

	/** Returns what is in force then. */
	Configured configured() {
		return this.inForce.with(this.defaults, this.wanted, this.changed);
	}

	private void add(String property, Value value) {
		for (ConfigurationProperty part : value.parts()) {
			this.properties.put(property + value.rest(part), OriginTrackedValue.of(local(part), part.getOrigin()));
		}
	}

	private static String local(ConfigurationProperty part) {
		return LocalPlaceholders.named(Value.text(part));
	}

	/**
	 * Makes the properties of the servers and clients; what else the application has
	 * stays as it is.
	 * @param entries makes them
	 */
	SocketProperties properties(BoundEntries entries) {
		SocketProperties first = this.inForce.properties();
		SocketProperties made = new SocketProperties();
		made.setLimits(first.getLimits());
		made.setObservations(first.getObservations());
		made.setTap(first.getTap());
		made.setCluster(first.getCluster());
		made.setEventLoopThreads(first.getEventLoopThreads());
		this.entries.forEach((entry, values) -> {
			SessionProperties each = add(entry, values, entries, made);
			if (this.changed.contains(entry) && !this.wanted.containsKey(entry)) {
				each.setEnabled(false);
			}
		});
		return made;
	}

	private static SessionProperties add(SettingsEntry entry, Map<String, Value> values, BoundEntries entries,
			SocketProperties made) {
		Map<String, Object> bound = new TreeMap<>();
		List<String> inherited = new ArrayList<>();
		values.forEach((key, value) -> {
			Object object = bound(value);
			if (object != null) {
				bound.put(key, object);
				if (value.inherited()) {
					inherited.add(key);
				}
			}
		});
		if (entry.section() == Section.SERVERS) {
			ServerProperties server = entries.server(entry.name(), bound, inherited);
			made.getServers().put(entry.name(), server);
			return server;
		}
		ClientProperties client = entries.client(entry.name(), bound);
		made.getClients().put(entry.name(), client);
		return client;
	}

	/** Returns what was bound; ports of this application are not what they are now. */
	private static @Nullable Object bound(Value value) {
		if (value.parts().stream().noneMatch((part) -> LocalPlaceholders.areIn(Value.text(part)))) {
			return value.bound();
		}
		if (!(value.bound() instanceof Collection)) {
			return local(value.parts().get(0));
		}
		return value.parts()
			.stream()
			.flatMap((part) -> value.rest(part).isEmpty() ? Stream.of(local(part).split(",")) : Stream.of(local(part)))
			.map(String::trim)
			.toList();
	}

	private static boolean isOurs(String property) {
		return property.startsWith(Section.SERVERS.property()) || property.startsWith(Section.CLIENTS.property())
				|| property.startsWith(Section.DEFAULTS);
	}

	/**
	 * Returns an environment with these properties in place of those of the application.
	 */
	Environment environment(Environment application) {
		// Without sources of its own.
		AbstractEnvironment environment = new AbstractEnvironment() {

		};
		environment.getPropertySources().addFirst(this.source);
		environment.getPropertySources().addLast(new PropertySource<>("application", application) {

			@Override
			public @Nullable Object getProperty(String name) {
				return isOurs(name) ? null : getSource().getProperty(name);
			}

		});
		// The names of the properties are read once, and not for each server.
		ConfigurationPropertySources.attach(environment);
		return environment;
	}

}
