package dev.socketserver.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/**
 * The meters of all servers, or of all clients: each has meters from its registration to
 * its removal, in every registry. Safe for use by several threads.
 *
 * @param <T> servers or clients
 * @param <S> their counters
 */
final class MetersByName<T, S> {

	private final KeyName tag;

	private final Function<T, String> name;

	private final Function<T, S> statistics;

	private final Predicate<String> distributed;

	private final Consumer<CountedMeters<T, S>> meters;

	/** Guarded by this. */
	private final List<MeterRegistry> registries = new ArrayList<>();

	/**
	 * The servers or clients that have meters, by name. Guarded by this. Also keeps them
	 * reachable, since some meters refer to them weakly.
	 */
	private final Map<String, Metered<T, S>> metered = new LinkedHashMap<>();

	/**
	 * Creates an object without any meters yet.
	 * @param tag the tag for names
	 * @param name returns the name of a server or client
	 * @param statistics returns its counters
	 * @param distributed determines by its name whether a timer is to have a distribution
	 * @param meters adds its meters
	 */
	MetersByName(KeyName tag, Function<T, String> name, Function<T, S> statistics, Predicate<String> distributed,
			Consumer<CountedMeters<T, S>> meters) {
		this.tag = tag;
		this.name = name;
		this.statistics = statistics;
		this.distributed = distributed;
		this.meters = meters;
	}

	synchronized void bindTo(MeterRegistry registry) {
		if (!this.registries.contains(registry)) {
			this.registries.add(registry);
			this.metered.values().forEach((metered) -> bind(metered, registry));
		}
	}

	synchronized void add(T target) {
		// A predecessor of the same name may not be gone yet, and its meters have the
		// same names and tags.
		Metered<T, S> former = this.metered.remove(this.name.apply(target));
		if (former != null) {
			former.unbind();
		}
		Metered<T, S> metered = new Metered<>(target, new ArrayList<>());
		this.registries.forEach((registry) -> bind(metered, registry));
		this.metered.put(this.name.apply(target), metered);
	}

	synchronized void remove(T target) {
		Metered<T, S> metered = this.metered.get(this.name.apply(target));
		if (metered != null && metered.target() == target) {
			this.metered.remove(this.name.apply(target));
			metered.unbind();
		}
	}

	/** Removes all meters. Registries that were bound get no others. */
	synchronized void close() {
		this.metered.values().forEach(Metered::unbind);
		this.metered.clear();
		this.registries.clear();
	}

	private void bind(Metered<T, S> metered, MeterRegistry registry) {
		metered.meters()
			.add(CountedMeters.register(metered.target(), this.statistics, registry,
					Tags.of(this.tag.asString(), this.name.apply(metered.target())), this.distributed, this.meters));
	}

	/**
	 * A server or client with its meters.
	 *
	 * @param <T> servers or clients
	 * @param <S> their counters
	 * @param target the server or client
	 * @param meters its meters, one object for each registry
	 */
	private record Metered<T, S>(T target, List<CountedMeters<T, S>> meters) {

		void unbind() {
			this.meters.forEach(CountedMeters::remove);
		}

	}

}
