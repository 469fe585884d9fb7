package dev.socketserver.autoconfigure.settings;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

import dev.socketserver.autoconfigure.block.ServerBlocks;
import dev.socketserver.autoconfigure.keys.KeyCheck;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.settings.table.Row;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * What is to be in force: what is, overlaid by some of the changes. It is bound like the
 * properties of an application, whose texts and origins it has.
 */
final class NextProperties {

	/** A port of a server of this application is asked for when it is needed. */
	private static final Pattern LOCAL = Pattern.compile("\\$\\{(local\\.socket\\.[^.{}:]+\\.port)}");

	private final Configured inForce;

	private final Configured next;

	private final Collection<Change> left;

	private final Map<String, Object> properties = new LinkedHashMap<>();

	private final Set<Entry> changed;

	private final Map<String, Value> defaults;

	/** What holds for each entry that changes, with what it inherits. */
	private final Map<Entry, Map<String, Value>> wanted = new LinkedHashMap<>();

	private final ServerBlocks blocks = new ServerBlocks();

	private final OriginTrackedMapPropertySource source;

	/**
	 * Lays changes over what is in force.
	 * @param inForce what is in force
	 * @param next what the environment says
	 * @param left the changes between both that are not made
	 * @param changed the entries that others are made of; all others stay as they are
	 */
	NextProperties(Configured inForce, Configured next, Collection<Change> left, Set<Entry> changed) {
		this.inForce = inForce;
		this.next = next;
		this.left = left;
		this.changed = changed;
		this.defaults = defaults();
		Set<Entry> entries = inForce.entries();
		entries.addAll(next.entries());
		for (Entry entry : entries) {
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
		for (Entry entry : entries) {
			Map<String, Value> values = this.wanted.get(entry);
			if (values != null) {
				values.forEach((key, value) -> set(entry, key, value, shared.get(key)));
			}
			else if (changed.contains(entry)) {
				// The properties may have it, disabled.
				this.properties.put(entry.property() + ".enabled", "false");
			}
			else {
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
				Value before = this.inForce.defaults().get(key);
				if (before != null) {
					defaults.put(key, before);
				}
				else {
					defaults.remove(key);
				}
			}
		}
		return defaults;
	}

	/** Which handlers are taken depends on all entries. */
	private void addWhatOthersNeed(Entry entry) {
		this.inForce.of(entry).forEach((key, value) -> {
			if (!value.isNone() && (key.equals("port") || key.equals("handler") || key.startsWith("domain-socket.")
					|| this.blocks.isBlock(Row.block(key)))) {
				add(entry.property() + "." + key, value);
			}
		});
	}

	private boolean isHere(Entry entry) {
		for (Change change : this.left) {
			if (entry.equals(change.entry()) && change.whole() == null) {
				return change.verdict() == Verdict.REMOVE;
			}
		}
		return this.next.has(entry);
	}

	private Map<String, Value> wanted(Entry entry) {
		Map<String, Value> before = this.inForce.of(entry);
		Map<String, Value> wanted = new TreeMap<>(this.next.has(entry) ? this.next.of(entry) : before);
		for (Change change : this.left) {
			String key = change.whole();
			if (entry.equals(change.entry()) && key != null) {
				Value value = before.get(key);
				if (value != null) {
					wanted.put(key, value);
				}
				else {
					wanted.remove(key);
				}
			}
		}
		return wanted;
	}

	private void set(Entry entry, String key, Value value, @Nullable Value inherited) {
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
			String text = LOCAL.matcher(Value.text(part)).replaceAll("$1");
			this.properties.put(property + value.rest(part), OriginTrackedValue.of(text, part.getOrigin()));
		}
	}

	/** Binds the servers and clients; what else the application has stays as it is. */
	SocketProperties bind() {
		SocketProperties bound = Binding.bind(
				new Binder(Objects.requireNonNull(ConfigurationPropertySource.from(this.source))), new KeyCheck(true));
		SocketProperties first = this.inForce.properties();
		bound.setLimits(first.getLimits());
		bound.setObservations(first.getObservations());
		bound.setTap(first.getTap());
		bound.setCluster(first.getCluster());
		bound.setEventLoopThreads(first.getEventLoopThreads());
		return bound;
	}

	private static boolean isOurs(String property) {
		return property.startsWith(Section.SERVERS.property()) || property.startsWith(Section.CLIENTS.property())
				|| property.startsWith(Section.DEFAULTS);
	}

	/**
	 * Returns an environment with these properties in place of those of the application.
	 */
	Environment environment(Environment application) {
		StandardEnvironment environment = new StandardEnvironment() {

			@Override
			protected void customizePropertySources(MutablePropertySources sources) {
				// Those of the application are enough.
			}

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
