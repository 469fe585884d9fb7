package dev.socketserver.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/**
 * The meters of one server, client or the like in one registry. They count nothing: when
 * the registry asks, they read the counters of their target.
 *
 * @param <T> the type of the target
 * @param <S> the type of its counters
 */
final class CountedMeters<T, S> {

	private final T target;

	private final Function<T, S> statistics;

	private final MeterRegistry registry;

	private final Tags tags;

	private final List<Meter> meters = new ArrayList<>();

	private CountedMeters(T target, Function<T, S> statistics, MeterRegistry registry, Tags tags) {
		this.target = target;
		this.statistics = statistics;
		this.registry = registry;
		this.tags = tags;
	}

	/**
	 * Registers the meters of a target. If the registry has one with that name and these
	 * tags already, which is that of another application, that one stays.
	 * @param target the server, client or the like
	 * @param statistics returns its counters
	 * @param registry the registry
	 * @param tags the tags of all meters
	 * @param meters adds the meters
	 * @param <T> the type of the target
	 * @param <S> the type of its counters
	 * @return the meters
	 */
	static <T, S> CountedMeters<T, S> register(T target, Function<T, S> statistics, MeterRegistry registry, Tags tags,
			Consumer<CountedMeters<T, S>> meters) {
		List<Meter> before = registry.getMeters();
		CountedMeters<T, S> registered = new CountedMeters<>(target, statistics, registry, tags);
		meters.accept(registered);
		Set<Meter> added = added(registered.meters, before);
		registered.meters.removeIf((meter) -> !added.contains(meter));
		return registered;
	}

	/**
	 * Returns those of the meters that the registry did not have before. It may have tens
	 * of thousands, which are searched for each of a thousand clients. So they are
	 * compared by identity, and not by names and tags: a registry has each meter only
	 * once.
	 */
	private static Set<Meter> added(List<Meter> meters, List<Meter> before) {
		Set<Meter> added = Collections.newSetFromMap(new IdentityHashMap<>());
		added.addAll(meters);
		before.forEach(added::remove);
		return added;
	}

	void gauge(DescribedMeter meter, ToDoubleFunction<T> value) {
		this.meters.add(Gauge.builder(meter.getName(), this.target, value)
			.tags(this.tags)
			.baseUnit(meter.getBaseUnit())
			.description(meter.description())
			.strongReference(true)
			.register(this.registry));
	}

	void counter(DescribedMeter meter, ToLongFunction<S> count) {
		counter(meter, this.tags, count);
	}

	/** Adds a counter for each value of a tag, also for those that did not occur. */
	<K extends Enum<K>> void counters(DescribedMeter meter, KeyName tag, Class<K> values,
			Function<S, Map<K, Long>> counts) {
		for (K value : values.getEnumConstants()) {
			counter(meter, this.tags.and(tag.asString(), value.name()), (from) -> count(counts, from, value));
		}
	}

	private void counter(DescribedMeter meter, Tags tags, ToLongFunction<S> count) {
		this.meters.add(FunctionCounter
			.builder(meter.getName(), this.target, (from) -> count.applyAsLong(this.statistics.apply(from)))
			.tags(tags)
			.baseUnit(meter.getBaseUnit())
			.description(meter.description())
			.register(this.registry));
	}

	/** Adds a timer for each value of a tag, made of a number of times and their sum. */
	<K extends Enum<K>> void timers(DescribedMeter meter, KeyName tag, Class<K> values, Function<S, Map<K, Long>> count,
			Function<S, Map<K, Long>> nanos) {
		for (K value : values.getEnumConstants()) {
			this.meters.add(FunctionTimer
				.builder(meter.getName(), this.target, (from) -> count(count, this.statistics.apply(from), value),
						(from) -> count(nanos, this.statistics.apply(from), value), TimeUnit.NANOSECONDS)
				.tags(this.tags.and(tag.asString(), value.name()))
				.description(meter.description())
				.register(this.registry));
		}
	}

	private static <K, S> long count(Function<S, Map<K, Long>> counts, S statistics, K value) {
		return counts.apply(statistics).getOrDefault(value, 0L);
	}

	void remove() {
		this.meters.forEach(this.registry::remove);
	}

}
