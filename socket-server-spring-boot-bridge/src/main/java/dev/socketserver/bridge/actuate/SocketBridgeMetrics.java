package dev.socketserver.bridge.actuate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.socketserver.bridge.session.BridgeObserver;
import dev.socketserver.bridge.session.BridgeOutcome;
import dev.socketserver.bridge.session.BridgeStatistics;
import dev.socketserver.bridge.session.BridgeStatistics.Times;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * {@link MeterBinder} for bridges, with the tag {@code server}. Safe for use by several
 * threads.
 * <ul>
 * <li>{@code socket.server.bridge}, a timer: how long messages took to be stored, with
 * the tag {@code outcome}, a {@link BridgeOutcome}</li>
 * <li>{@code socket.server.bridge.pending}, a gauge: messages that wait to be stored</li>
 * </ul>
 */
public class SocketBridgeMetrics implements MeterBinder, BridgeObserver, AutoCloseable {

	private final List<MeterRegistry> registries = new ArrayList<>();

	private final Map<BridgeStatistics, List<Bound>> bridges = new LinkedHashMap<>();

	@Override
	public synchronized void bindTo(MeterRegistry registry) {
		this.registries.add(registry);
		this.bridges.forEach((bridge, bound) -> bound.add(Bound.to(registry, bridge)));
	}

	@Override
	public synchronized void added(BridgeStatistics statistics) {
		List<Bound> bound = new ArrayList<>();
		this.registries.forEach((registry) -> bound.add(Bound.to(registry, statistics)));
		this.bridges.put(statistics, bound);
	}

	@Override
	public synchronized void removed(BridgeStatistics statistics) {
		List<Bound> bound = this.bridges.remove(statistics);
		if (bound != null) {
			bound.forEach(Bound::remove);
		}
	}

	/** Removes all meters, since a registry may live longer than the bridges. */
	@Override
	public synchronized void close() {
		this.bridges.values().forEach((bound) -> bound.forEach(Bound::remove));
		this.bridges.clear();
		this.registries.clear();
	}

	/**
	 * The meters of a bridge in a registry.
	 *
	 * @param registry the registry
	 * @param added those that it did not have before, which are another's
	 */
	private record Bound(MeterRegistry registry, List<Meter> added) {

		static Bound to(MeterRegistry registry, BridgeStatistics bridge) {
			List<Meter> before = registry.getMeters();
			List<Meter> added = new ArrayList<>();
			for (BridgeOutcome outcome : BridgeOutcome.values()) {
				added.add(FunctionTimer
					.builder("socket.server.bridge", bridge.times(outcome), Times::count, Times::nanos,
							TimeUnit.NANOSECONDS)
					.description("Messages that were stored, or could not be")
					.tag("server", bridge.server())
					.tag("outcome", outcome.name())
					.register(registry));
			}
			added.add(Gauge.builder("socket.server.bridge.pending", bridge, BridgeStatistics::pending)
				.description("Messages that wait to be stored")
				.tag("server", bridge.server())
				.register(registry));
			added.removeAll(before);
			return new Bound(registry, added);
		}

		void remove() {
			this.added.forEach(this.registry::remove);
		}

	}

}
