package dev.socketserver.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

import dev.socketserver.SessionStatistics;
import dev.socketserver.operator.DurationRecorder;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one server, client or the like in one registry. They count nothing: when
 * the registry asks, they read the counters of their target. Only timers for which a
 * distribution is wanted are fed with each event.
 *
 * @param <T> the type of the target
 * @param <S> the type of its counters
 */
final class CountedMeters<T, S> {

	private final T target;

	private final Function<T, S> statistics;

	private final MeterRegistry registry;

	private final MeterRegistration registration;

	private final Tags tags;

	/** Which timers are fed, by their names. */
	private final Predicate<String> distributed;

	private final List<Meter> meters = new ArrayList<>();

	/** The timers that are fed, by the outcome of events. Not changed once they are. */
	private final Map<Enum<?>, Timer> timers = new HashMap<>();

	private @Nullable DurationRecorder recorder;

	private CountedMeters(T target, Function<T, S> statistics, MeterRegistry registry, Tags tags,
			Predicate<String> distributed) {
		this.target = target;
		this.statistics = statistics;
		this.registry = registry;
		this.registration = new MeterRegistration(registry);
		this.tags = tags;
		this.distributed = distributed;
	}

	/**
	 * Registers the meters of a target. If the registry has one with that name and these
	 * tags already, which is that of another application, that one stays. One that the
	 * registry refuses is missing.
	 * @param target the server, client or the like
	 * @param statistics returns its counters
	 * @param registry the registry
	 * @param tags the tags of all meters
	 * @param distributed determines by its name whether a timer is to have a distribution
	 * @param meters adds the meters
	 * @param <T> the type of the target
	 * @param <S> the type of its counters
	 * @return the meters
	 */
	static <T, S> CountedMeters<T, S> register(T target, Function<T, S> statistics, MeterRegistry registry, Tags tags,
			Predicate<String> distributed, Consumer<CountedMeters<T, S>> meters) {
		List<Meter> before = registry.getMeters();
		CountedMeters<T, S> registered = new CountedMeters<>(target, statistics, registry, tags, distributed);
		meters.accept(registered);
		Set<Meter> added = added(registered.meters, before);
		registered.meters.removeIf((meter) -> !added.contains(meter));
		registered.timers.values().removeIf((timer) -> !added.contains(timer));
		registered.feed();
		return registered;
	}

	/** Begins to feed timers, if there are some. */
	private void feed() {
		if (!this.timers.isEmpty() && this.statistics.apply(this.target) instanceof SessionStatistics source) {
			this.recorder = this::record;
			DurationRecorder.Source.of(source).addRecorder(this.recorder);
		}
	}

	private void record(Enum<?> outcome, long nanos) {
		Timer timer = this.timers.get(outcome);
		if (timer != null) {
			timer.record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	/**
	 * Returns those of the meters that the registry did not have before. It may have tens
	 * of thousands, which are searched for each of a thousand clients. So they are
	 * compared by identity, and not by names and tags: a registry has each meter only
	 * once.
	 */
	static Set<Meter> added(List<Meter> meters, List<Meter> before) {
		Set<Meter> added = Collections.newSetFromMap(new IdentityHashMap<>());
		added.addAll(meters);
		before.forEach(added::remove);
		return added;
	}

	void gauge(DescribedMeter meter, ToDoubleFunction<T> value) {
		register(meter, this.tags,
				Gauge.builder(meter.getName(), this.target, value)
					.tags(this.tags)
					.baseUnit(meter.getBaseUnit())
					.description(meter.description())
					.strongReference(true)::register);
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
		register(meter, tags,
				FunctionCounter
					.builder(meter.getName(), this.target, (from) -> count.applyAsLong(this.statistics.apply(from)))
					.tags(tags)
					.baseUnit(meter.getBaseUnit())
					.description(meter.description())::register);
	}

	/**
	 * Adds a timer for each value of a tag, made of a number of times and their sum, or
	 * fed with each.
	 */
	<K extends Enum<K>> void timers(DescribedMeter meter, KeyName tag, Class<K> values, Function<S, Map<K, Long>> count,
			Function<S, Map<K, Long>> nanos) {
		for (K value : values.getEnumConstants()) {
			Tags timerTags = this.tags.and(tag.asString(), value.name());
			if (this.distributed.test(meter.getName())) {
				register(meter, timerTags,
						Timer.builder(meter.getName()).tags(timerTags).description(meter.description())::register)
					.ifPresent((timer) -> this.timers.put(value, timer));
				continue;
			}
			register(meter, timerTags, FunctionTimer
				.builder(meter.getName(), this.target, (from) -> count(count, this.statistics.apply(from), value),
						(from) -> count(nanos, this.statistics.apply(from), value), TimeUnit.NANOSECONDS)
				.tags(timerTags)
				.description(meter.description())::register);
		}
	}

	private <M extends Meter> Optional<M> register(DescribedMeter meter, Tags tags,
			Function<MeterRegistry, M> register) {
		Optional<M> registered = this.registration.register(meter.getName(), tags, register);
		registered.ifPresent(this.meters::add);
		return registered;
	}

	private static <K, S> long count(Function<S, Map<K, Long>> counts, S statistics, K value) {
		return counts.apply(statistics).getOrDefault(value, 0L);
	}

	void remove() {
		if (this.recorder != null && this.statistics.apply(this.target) instanceof SessionStatistics source) {
			DurationRecorder.Source.of(source).removeRecorder(this.recorder);
		}
		this.meters.forEach(this.registry::remove);
	}

}
