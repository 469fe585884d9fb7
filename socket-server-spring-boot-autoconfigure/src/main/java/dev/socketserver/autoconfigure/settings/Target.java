package dev.socketserver.autoconfigure.settings;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
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
final class Target {

	/** A port of a server of this application is asked for when it is needed. */
	private static final Pattern LOCAL = Pattern.compile("\\$\\{(local\\.socket\\.[^.{}:]+\\.port)}");

	private final Configured inForce;

	private final Configured next;

	private final Collection<Change> left;

	private final Map<String, Object> properties = new LinkedHashMap<>();

	private final OriginTrackedMapPropertySource source;

	/**
	 * Lays changes over what is in force.
	 * @param inForce what is in force
	 * @param next what the environment says
	 * @param left the changes between both that are not made
	 * @param changed the entries that others are made of; all others stay as they are
	 */
	Target(Configured inForce, Configured next, Collection<Change> left, Set<Entry> changed) {
		this.inForce = inForce;
		this.next = next;
		this.left = left;
		Map<String, Value> defaults = defaults();
		defaults.forEach((key, value) -> add(Section.DEFAULTS + "." + key, value));
		Set<Entry> entries = inForce.entries();
		entries.addAll(next.entries());
		for (Entry entry : entries) {
			if (changed.contains(entry)) {
				add(entry, defaults);
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
					|| key.startsWith("bridge."))) {
				add(entry.property() + "." + key, value);
			}
		});
	}

	private void add(Entry entry, Map<String, Value> defaults) {
		Verdict whole = this.left.stream()
			.filter((change) -> entry.equals(change.entry()) && change.whole() == null)
			.map(Change::verdict)
			.findFirst()
			.orElse(null);
		boolean here = (whole == null) ? this.next.has(entry) : whole == Verdict.REMOVE;
		if (!here) {
			// The properties may have it, disabled.
			this.properties.put(entry.property() + ".enabled", "false");
			return;
		}
		Map<String, Value> before = this.inForce.of(entry);
		Map<String, Value> after = this.next.has(entry) ? this.next.of(entry) : before;
		Set<String> keys = new TreeSet<>(before.keySet());
		keys.addAll(after.keySet());
		if (entry.section() == Section.SERVERS) {
			keys.addAll(defaults.keySet());
		}
		for (String key : keys) {
			boolean stays = this.left.stream()
				.anyMatch((change) -> entry.equals(change.entry()) && key.equals(change.whole()));
			set(entry, key, stays ? before.get(key) : after.get(key), defaults.get(key));
		}
	}

	private void set(Entry entry, String key, @Nullable Value value, @Nullable Value inherited) {
		boolean inherits = entry.section() == Section.SERVERS && inherited != null;
		if (value == null) {
			if (inherits) {
				// It had none, and does not take that of the others yet.
				this.properties.put(entry.property() + "." + key, "");
			}
		}
		else if (!value.inherited() || inherited == null || !value.means(inherited)) {
			add(entry.property() + "." + key, value);
		}
	}

	private void add(String property, Value value) {
		for (ConfigurationProperty part : value.parts()) {
			String text = LOCAL.matcher(Value.text(part)).replaceAll("$1");
			this.properties.put(property + value.rest(part), OriginTrackedValue.of(text, part.getOrigin()));
		}
	}

	/** Binds the servers and clients; what else the application has stays as it is. */
	SocketProperties bind() {
		SocketProperties bound = Binding
			.bind(new Binder(Objects.requireNonNull(ConfigurationPropertySource.from(this.source))));
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
		return environment;
	}

}
