package dev.socketserver.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.handler.dispatch.MethodCalls;
import dev.socketserver.metrics.SocketMeters.Tag;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.CounterSource;
import dev.socketserver.operator.DurationRecorder;
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
 */
final class CountedMeters<T> {

	private final T target;

	private final OwnMeters own;

	private final Tags tags;

	private final Function<SocketMeters, String> names;

	/** Which timers are fed, by their names. */
	private final Predicate<String> distributed;

	/** The timers that are fed, by the outcome of events. */
	private final Map<Enum<?>, Timer> timers = new ConcurrentHashMap<>();

	private final DurationRecorder recorder = this::record;

	/** What timers of methods show, which hold it weakly; absent without such. */
	private @Nullable MethodCalls calls;

	/** Ends what feeds timers of methods; absent where nothing does. */
	private @Nullable Runnable removal;

	/** What counters and timers show, if there are some. */
	private @Nullable CounterSource counters;

	private CountedMeters(T target, MeterRegistry registry, Tags tags, Function<SocketMeters, String> names,
			Predicate<String> distributed) {
		this.target = target;
		this.own = new OwnMeters(registry);
		this.tags = tags;
		this.names = names;
		this.distributed = distributed;
	}

	/**
	 * Registers the meters of a target. If the registry has one with that name and these
	 * tags already, which is that of another application, that one stays. One that the
	 * registry refuses is missing.
	 * @param target the server, client or the like
	 * @param registry the registry
	 * @param tags the tags of all meters
	 * @param names returns the names of the meters
	 * @param distributed determines by its name whether a timer is to have a distribution
	 * @param meters adds the meters
	 * @param <T> the type of the target
	 * @return the meters
	 */
	static <T> CountedMeters<T> register(T target, MeterRegistry registry, Tags tags,
			Function<SocketMeters, String> names, Predicate<String> distributed, Consumer<CountedMeters<T>> meters) {
		CountedMeters<T> registered = new CountedMeters<>(target, registry, tags, names, distributed);
		registered.add(meters);
		return registered;
	}

	private void add(Consumer<CountedMeters<T>> more) {
		this.own.addAll(() -> {
			more.accept(this);
			return this;
		});
		this.timers.values().removeIf((timer) -> !this.own.contains(timer));
		feed();
	}

	/**
	 * Replaces the timers of calls of a handler, unless they go on: a registry that shows
	 * differences would show all that they have counted once more.
	 * @param next the calls of the methods of the handler; {@code null} for one whose
	 * calls are counted as a whole
	 * @param timers adds the timers
	 */
	void replaceHandler(@Nullable MethodCalls next, Consumer<CountedMeters<T>> timers) {
		MethodCalls before = this.calls;
		if ((before == null || next == null) ? before == next : next.continues(before)) {
			return;
		}
		this.own.remove(this.own.named(this.names.apply(SocketMeters.HANDLER)));
		endMethods();
		add(timers);
	}

	/**
	 * Removes the counters or gauges of a meter whose label is gone, and adds those of
	 * labels that are new. The others stay: a registry that shows differences would show
	 * all of what they have counted once more.
	 * @param meter the meter
	 * @param labels the labels that there are now, of its first tag
	 * @param counters adds the counters or gauges of a label
	 */
	void update(SocketMeters meter, List<String> labels, Consumer<String> counters) {
		String tag = meter.tags().get(0).asString();
		List<Meter> former = this.own.named(this.names.apply(meter));
		List<Meter> gone = former.stream().filter((each) -> !labels.contains(each.getId().getTag(tag))).toList();
		List<String> missing = new ArrayList<>(labels);
		former.forEach((each) -> missing.remove(each.getId().getTag(tag)));
		this.own.remove(gone);
		if (!missing.isEmpty()) {
			add((same) -> missing.forEach(counters));
		}
	}

	/** Begins to feed timers, if there are some. */
	private void feed() {
		if (this.counters != null && !this.timers.isEmpty()) {
			this.counters.removeRecorder(this.recorder);
			this.counters.addRecorder(this.recorder);
		}
	}

	private void record(Enum<?> outcome, long nanos) {
		Timer timer = this.timers.get(outcome);
		if (timer != null) {
			timer.record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	T target() {
		return this.target;
	}

	void gauge(SocketMeters meter, ToDoubleFunction<T> value) {
		gauge(meter, this.tags, value);
	}

	/** Adds one of the gauges of a meter: that for a value of its tag. */
	void gauge(SocketMeters meter, String label, ToDoubleFunction<T> value) {
		gauge(meter, this.tags.and(meter.tags().get(0).asString(), label), value);
	}

	private void gauge(SocketMeters meter, Tags tags, ToDoubleFunction<T> value) {
		register(meter, tags,
				Gauge.builder(this.names.apply(meter), this.target, value)
					.tags(tags)
					.baseUnit(meter.getBaseUnit())
					.description(meter.description())
					.strongReference(true)::register);
	}

	/**
	 * Adds those of the meters that show counters: one for each label, also for those
	 * that did not occur, so that a rate is right the first time that one does.
	 * @param shown the meters
	 * @param counters the numbers
	 */
	void counters(List<SocketMeters> shown, CounterSource counters) {
		for (SocketMeters meter : shown) {
			Counter counter = meter.counter();
			if (counter == null || meter == SocketMeters.LISTENER_ACCEPTED) {
				continue;
			}
			if (meter.tags().isEmpty()) {
				counter(meter, this.tags, counters, (from) -> from.sum(counter));
				continue;
			}
			for (Enum<?> label : counter.labels()) {
				Tags tags = this.tags.and(meter.tags().get(0).asString(), meter.tags().get(0).value(label));
				if (counter.isTimed()) {
					timer(meter, tags, counters, (from) -> from.sum(counter, label),
							(from) -> from.nanos(counter, label))
						.ifPresent((timer) -> this.timers.put(label, timer));
				}
				else {
					counter(meter, tags, counters, (from) -> from.sum(counter, label));
				}
			}
		}
		this.counters = counters;
	}

	/**
	 * Adds one of the counters of a meter: that for a label of each of its tags.
	 * @param meter the meter
	 * @param labels the values of its tags, in their order
	 * @param count returns the number
	 */
	void counter(SocketMeters meter, List<String> labels, ToDoubleFunction<T> count) {
		Tags tags = this.tags;
		for (int i = 0; i < labels.size(); i++) {
			tags = tags.and(meter.tags().get(i).asString(), labels.get(i));
		}
		counter(meter, tags, this.target, count);
	}

	private <S> void counter(SocketMeters meter, Tags tags, S counted, ToDoubleFunction<S> count) {
		register(meter, tags,
				FunctionCounter.builder(this.names.apply(meter), counted, count)
					.tags(tags)
					.baseUnit(meter.getBaseUnit())
					.description(meter.description())::register);
	}

	/**
	 * Adds timers of calls of a handler with several methods, one for each method and
	 * outcome. They are fed by the calls if they are to have a distribution.
	 * @param calls the calls
	 */
	void methods(MethodCalls calls) {
		this.calls = calls;
		Map<String, Timer> fed = new HashMap<>();
		for (String method : calls.watch()) {
			for (HandlerOutcome outcome : HandlerOutcome.values()) {
				Tags tags = this.tags.and(Tag.OUTCOME.asString(), outcome.name(), Tag.METHOD.asString(), method);
				timer(SocketMeters.HANDLER, tags, calls, (from) -> from.count(method, outcome),
						(from) -> from.nanos(method, outcome))
					.ifPresent((timer) -> fed.put(method + outcome, timer));
			}
		}
		if (!fed.isEmpty()) {
			MethodCalls.Recorder feeding = (method, outcome, nanos) -> {
				Timer timer = fed.get(method + outcome);
				if (timer != null) {
					timer.record(nanos, TimeUnit.NANOSECONDS);
				}
			};
			calls.addRecorder(feeding);
			this.removal = () -> calls.removeRecorder(feeding);
		}
	}

	/**
	 * Adds a timer, made of a number of times and their sum, or fed with each.
	 * @return the timer if it is to be fed, and the registry takes it
	 */
	private <S> Optional<Timer> timer(SocketMeters meter, Tags tags, S counted, ToLongFunction<S> count,
			ToDoubleFunction<S> nanos) {
		String name = this.names.apply(meter);
		if (this.distributed.test(name)) {
			return register(meter, tags, Timer.builder(name).tags(tags).description(meter.description())::register);
		}
		register(meter, tags,
				FunctionTimer.builder(name, counted, count, nanos, TimeUnit.NANOSECONDS)
					.tags(tags)
					.description(meter.description())::register);
		return Optional.empty();
	}

	private <M extends Meter> Optional<M> register(SocketMeters meter, Tags tags, Function<MeterRegistry, M> register) {
		return this.own.register(this.names.apply(meter), tags, register);
	}

	private void endMethods() {
		this.calls = null;
		if (this.removal != null) {
			this.removal.run();
			this.removal = null;
		}
	}

	void remove() {
		endMethods();
		if (this.counters != null) {
			this.counters.removeRecorder(this.recorder);
		}
		this.own.remove();
	}

}
