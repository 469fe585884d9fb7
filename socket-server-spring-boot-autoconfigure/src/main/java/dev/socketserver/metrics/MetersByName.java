package dev.socketserver.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/**
 * The meters of all servers, or of all clients: each has them from its registration to
 * its removal, in every registry. Safe for use by several threads.
 *
 * @param <T> what counts
 * @param <S> its counters
 */
final class MetersByName<T, S> {

	private final KeyName tag;

	private final Function<T, String> name;

	private final Function<T, S> statistics;

	private final Consumer<CountedMeters<T, S>> meters;

	/** Guarded by this. */
	private final List<MeterRegistry> registries = new ArrayList<>();

	/**
	 * What has meters, by name. Guarded by this. Also what keeps it reachable for the
	 * meters, some of which hold it weakly.
	 */
	private final Map<String, Metered<T, S>> metered = new LinkedHashMap<>();

	/**
	 * Creates the meters, of which there are none yet.
	 * @param tag the tag for names
	 * @param name returns the name of what counts
	 * @param statistics returns its counters
	 * @param meters makes its meters
	 */
	MetersByName(KeyName tag, Function<T, String> name, Function<T, S> statistics,
			Consumer<CountedMeters<T, S>> meters) {
		this.tag = tag;
		this.name = name;
		this.statistics = statistics;
		this.meters = meters;
	}

	synchronized void bindTo(MeterRegistry registry) {
		if (!this.registries.contains(registry)) {
			this.registries.add(registry);
			this.metered.values().forEach((metered) -> bind(metered, registry));
		}
	}

	synchronized void add(T target) {
		// One of that name may still be on its way out, and its meters are the same.
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

	/** There are no meters any more, whatever comes. */
	synchronized void close() {
		this.metered.values().forEach(Metered::unbind);
		this.metered.clear();
		this.registries.clear();
	}

	private void bind(Metered<T, S> metered, MeterRegistry registry) {
		metered.meters()
			.add(CountedMeters.register(metered.target(), this.statistics, registry,
					Tags.of(this.tag.asString(), this.name.apply(metered.target())), this.meters));
	}

	/**
	 * What has meters.
	 *
	 * @param <T> what counts
	 * @param <S> its counters
	 * @param target what counts
	 * @param meters its meters, a set for each registry
	 */
	private record Metered<T, S>(T target, List<CountedMeters<T, S>> meters) {

		void unbind() {
			this.meters.forEach(CountedMeters::remove);
		}

	}

}
