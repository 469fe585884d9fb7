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
import dev.socketserver.metrics.OwnMeters;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
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

	private final Map<BridgeStatistics, List<OwnMeters>> bridges = new LinkedHashMap<>();

	@Override
	public synchronized void bindTo(MeterRegistry registry) {
		this.registries.add(registry);
		this.bridges.forEach((bridge, bound) -> bound.add(meters(registry, bridge)));
	}

	@Override
	public synchronized void added(BridgeStatistics statistics) {
		List<OwnMeters> bound = new ArrayList<>();
		this.registries.forEach((registry) -> bound.add(meters(registry, statistics)));
		this.bridges.put(statistics, bound);
	}

	@Override
	public synchronized void removed(BridgeStatistics statistics) {
		List<OwnMeters> bound = this.bridges.remove(statistics);
		if (bound != null) {
			bound.forEach(OwnMeters::remove);
		}
	}

	/** Removes all meters, since a registry may live longer than the bridges. */
	@Override
	public synchronized void close() {
		this.bridges.values().forEach((bound) -> bound.forEach(OwnMeters::remove));
		this.bridges.clear();
		this.registries.clear();
	}

	private static OwnMeters meters(MeterRegistry registry, BridgeStatistics bridge) {
		OwnMeters own = new OwnMeters(registry);
		Tags server = Tags.of("server", bridge.server());
		for (BridgeOutcome outcome : BridgeOutcome.values()) {
			Tags tags = server.and("outcome", outcome.name());
			own.add("socket.server.bridge", tags,
					FunctionTimer
						.builder("socket.server.bridge", bridge.times(outcome), Times::count, Times::nanos,
								TimeUnit.NANOSECONDS)
						.description("Messages that were stored, or could not be")
						.tags(tags)::register);
		}
		own.add("socket.server.bridge.pending", server,
				Gauge.builder("socket.server.bridge.pending", bridge, BridgeStatistics::pending)
					.description("Messages that wait to be stored")
					.tags(server)::register);
		return own;
	}

}
