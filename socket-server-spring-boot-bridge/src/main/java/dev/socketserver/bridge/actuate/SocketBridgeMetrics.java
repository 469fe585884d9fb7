package dev.socketserver.bridge.actuate;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.socketserver.bridge.session.BridgeObserver;
import dev.socketserver.bridge.session.BridgeOutcome;
import dev.socketserver.bridge.session.BridgeStatistics;
import dev.socketserver.bridge.session.BridgeStatistics.Times;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
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
public class SocketBridgeMetrics implements MeterBinder, BridgeObserver {

	private final List<MeterRegistry> registries = new ArrayList<>();

	private final List<BridgeStatistics> bridges = new ArrayList<>();

	@Override
	public synchronized void bindTo(MeterRegistry registry) {
		this.registries.add(registry);
		this.bridges.forEach((bridge) -> bind(registry, bridge));
	}

	@Override
	public synchronized void added(BridgeStatistics statistics) {
		this.bridges.add(statistics);
		this.registries.forEach((registry) -> bind(registry, statistics));
	}

	private static void bind(MeterRegistry registry, BridgeStatistics bridge) {
		for (BridgeOutcome outcome : BridgeOutcome.values()) {
			FunctionTimer
				.builder("socket.server.bridge", bridge.times(outcome), Times::count, Times::nanos,
						TimeUnit.NANOSECONDS)
				.description("Messages that were stored, or could not be")
				.tag("server", bridge.server())
				.tag("outcome", outcome.name())
				.register(registry);
		}
		Gauge.builder("socket.server.bridge.pending", bridge, BridgeStatistics::pending)
			.description("Messages that wait to be stored")
			.tag("server", bridge.server())
			.register(registry);
	}

}
