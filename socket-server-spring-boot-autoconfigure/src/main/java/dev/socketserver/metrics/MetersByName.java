package dev.socketserver.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec.Side;
import dev.socketserver.SessionStatistics;
import dev.socketserver.handler.dispatch.DispatchedSessions;
import dev.socketserver.handler.dispatch.MethodCalls;
import dev.socketserver.metrics.SocketMeters.Tag;
import dev.socketserver.operator.CounterSource;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsRecord;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/**
 * The meters of all servers, or of all clients: each has meters from its registration to
 * its removal, in every registry. Safe for use by several threads.
 *
 * @param <T> servers or clients
 */
final class MetersByName<T> {

	private final Side side;

	private final Function<T, String> name;

	private final Function<T, ? extends SessionStatistics> statistics;

	private final Function<T, ServerHandler> handler;

	private final Predicate<String> distributed;

	private final Consumer<CountedMeters<T>> gauges;

	/** Guarded by this. */
	private final List<MeterRegistry> registries = new ArrayList<>();

	/**
	 * The servers or clients that have meters, by name. Guarded by this. Also keeps them
	 * reachable, since some meters refer to them weakly.
	 */
	private final Map<String, Metered<T>> metered = new LinkedHashMap<>();

	/**
	 * Creates an object without any meters yet.
	 * @param side whether they are servers or clients
	 * @param name returns the name of a server or client
	 * @param statistics returns its counters
	 * @param handler returns its handler
	 * @param distributed determines by its name whether a timer is to have a distribution
	 * @param gauges adds its gauges
	 */
	MetersByName(Side side, Function<T, String> name, Function<T, ? extends SessionStatistics> statistics,
			Function<T, ServerHandler> handler, Predicate<String> distributed, Consumer<CountedMeters<T>> gauges) {
		this.side = side;
		this.name = name;
		this.statistics = statistics;
		this.handler = handler;
		this.distributed = distributed;
		this.gauges = gauges;
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
		Metered<T> former = this.metered.remove(this.name.apply(target));
		if (former != null) {
			former.unbind();
		}
		Metered<T> metered = new Metered<>(target, new ArrayList<>());
		this.registries.forEach((registry) -> bind(metered, registry));
		this.metered.put(this.name.apply(target), metered);
	}

	synchronized void remove(T target) {
		Metered<T> metered = this.metered.get(this.name.apply(target));
		if (metered != null && metered.target() == target) {
			this.metered.remove(this.name.apply(target));
			metered.unbind();
		}
	}

	/**
	 * Replaces the timers of calls of a handler where a change has given a server or
	 * client another handler, whose methods may be others.
	 * @param attempt what has become of a change
	 */
	void changed(SettingsRecord attempt) {
		changed(attempt, (change) -> "handler".equals(change.key()),
				(meters) -> meters.replaceHandler(calls(meters.target()), this::handler));
	}

	/**
	 * Changes the meters of the servers or clients that have changed.
	 * @param attempt what has become of a change
	 * @param which what of the change matters
	 * @param task changes the meters
	 */
	void changed(SettingsRecord attempt, Predicate<SettingsChange> which, Consumer<CountedMeters<T>> task) {
		String section = Tag.of(this.side).asString() + "s.";
		if (attempt.outcome() == SettingsRecord.Outcome.APPLIED) {
			attempt.changes()
				.stream()
				.filter(which)
				.map(SettingsChange::entry)
				.filter((entry) -> entry != null && entry.startsWith(section))
				.distinct()
				.forEach((entry) -> changed(entry.substring(section.length()), task));
		}
	}

	private synchronized void changed(String name, Consumer<CountedMeters<T>> task) {
		Metered<T> metered = this.metered.get(name);
		if (metered != null) {
			metered.meters().forEach(task);
		}
	}

	/** Removes all meters. Registries that were bound get no others. */
	synchronized void close() {
		this.metered.values().forEach(Metered::unbind);
		this.metered.clear();
		this.registries.clear();
	}

	private void bind(Metered<T> metered, MeterRegistry registry) {
		T target = metered.target();
		Tags tags = Tags.of(Tag.of(this.side).asString(), this.name.apply(target));
		metered.meters()
			.add(CountedMeters.register(target, registry, tags, (meter) -> meter.getName(this.side), this.distributed,
					(meters) -> {
						List<SocketMeters> others = new ArrayList<>(SocketMeters.of(this.side));
						others.remove(SocketMeters.HANDLER);
						meters.counters(others, CounterSource.of(this.statistics.apply(target)));
						handler(meters);
						this.gauges.accept(meters);
					}));
	}

	/** Adds the timers of calls of the handler, of each of its methods. */
	private void handler(CountedMeters<T> meters) {
		MethodCalls calls = calls(meters.target());
		if (calls != null) {
			meters.methods(calls);
		}
		else {
			meters.counters(List.of(SocketMeters.HANDLER), CounterSource.of(this.statistics.apply(meters.target())));
		}
	}

	private @Nullable MethodCalls calls(T target) {
		DispatchedSessions dispatched = DispatchedSessions.of(this.handler.apply(target));
		return (dispatched != null) ? dispatched.calls() : null;
	}

	/**
	 * A server or client with its meters.
	 *
	 * @param <T> servers or clients
	 * @param target the server or client
	 * @param meters its meters, one object for each registry
	 */
	private record Metered<T>(T target, List<CountedMeters<T>> meters) {

		void unbind() {
			this.meters.forEach(CountedMeters::remove);
		}

	}

}
