package dev.socketserver.metrics;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.InvalidConfigurationException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The meters that somebody has added to one registry. Those that it had before are of
 * another application, and stay. A meter that the registry refuses, for instance for a
 * percentile above 1, is missing there, and no other meter is. Each name of which meters
 * are refused is logged once. Safe for use by several threads.
 */
public final class OwnMeters {

	private static final Log logger = LogFactory.getLog(OwnMeters.class);

	private final MeterRegistry registry;

	/** Names of meters that the registry has refused. Guarded by this. */
	private final Set<String> refused = new HashSet<>();

	/** The meters, which may have been removed. Guarded by this. */
	private final Set<Meter> own = Collections.newSetFromMap(new IdentityHashMap<>());

	private boolean removed;

	/**
	 * Creates an object without any meters yet.
	 * @param registry the registry
	 */
	public OwnMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Adds a meter, unless these meters were removed.
	 * @param name its name
	 * @param tags its tags
	 * @param meter registers it
	 * @param <M> the type of the meter
	 * @return the meter, which may be that of another application, or nothing if the
	 * registry refuses it
	 */
	public <M extends Meter> Optional<M> add(String name, Tags tags, Function<MeterRegistry, M> meter) {
		return addAll(() -> register(name, tags, meter));
	}

	/**
	 * Adds several meters. The registry is asked once which it had before: it may have
	 * tens of thousands, which are searched for each of a thousand clients. So they are
	 * compared by identity, and not by names and tags: a registry has each meter only
	 * once.
	 * @param meters registers them by {@link #register}
	 * @param <T> the type of the result
	 * @return what that returns
	 */
	synchronized <T> T addAll(Supplier<T> meters) {
		List<Meter> kept = List.copyOf(this.own);
		List<Meter> before = this.registry.getMeters();
		T result = meters.get();
		before.forEach(this.own::remove);
		this.own.addAll(kept);
		if (this.removed) {
			remove();
		}
		return result;
	}

	/** Registers one of several meters. */
	synchronized <M extends Meter> Optional<M> register(String name, Tags tags, Function<MeterRegistry, M> meter) {
		try {
			M registered = meter.apply(this.registry);
			this.own.add(registered);
			return Optional.of(registered);
		}
		catch (RuntimeException ex) {
			if (this.refused.add(name)) {
				logger.warn(text(name, tags, ex), (ex instanceof InvalidConfigurationException) ? null : ex);
			}
			return Optional.empty();
		}
	}

	private String text(String name, Tags tags, RuntimeException failure) {
		String text = "Meter '" + name + "' (" + String.join(", ", tags.stream().map(OwnMeters::text).toList())
				+ ") is missing in " + this.registry.getClass().getSimpleName() + ", which refuses it: "
				+ failure.getMessage();
		return (failure instanceof InvalidConfigurationException)
				? text + ". Correct management.metrics.distribution.* for that name, for its beginning or for 'all'"
				: text;
	}

	private static String text(Tag tag) {
		return tag.getKey() + " '" + tag.getValue() + "'";
	}

	/** Whether a meter is one of these. */
	synchronized boolean contains(Meter meter) {
		return this.own.contains(meter);
	}

	/** Returns those with a name. */
	synchronized List<Meter> named(String name) {
		return this.own.stream().filter((each) -> each.getId().getName().equals(name)).toList();
	}

	/** Removes some of them. */
	synchronized void remove(Collection<Meter> some) {
		some.forEach(this.registry::remove);
		some.forEach(this.own::remove);
	}

	/** Removes all of them, and each that is added later. */
	public synchronized void remove() {
		this.removed = true;
		remove(List.copyOf(this.own));
	}

}
