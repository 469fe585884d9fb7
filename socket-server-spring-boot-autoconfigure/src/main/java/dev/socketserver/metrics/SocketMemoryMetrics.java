package dev.socketserver.metrics;

import java.util.function.ToDoubleFunction;

import dev.socketserver.SocketServers;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Shows how much of the memory that all servers and clients share is used, as
 * {@link SocketServerMeters#MEMORY_USED} and {@link SocketServerMeters#MEMORY_LIMIT}.
 */
public class SocketMemoryMetrics implements MeterBinder {

	private final SocketServers servers;

	/**
	 * Creates the binder.
	 * @param servers the servers
	 */
	public SocketMemoryMetrics(SocketServers servers) {
		this.servers = servers;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		gauge(registry, SocketServerMeters.MEMORY_USED, SocketServers::memoryUsed);
		gauge(registry, SocketServerMeters.MEMORY_LIMIT, SocketServers::memoryLimit);
	}

	private void gauge(MeterRegistry registry, SocketServerMeters meter, ToDoubleFunction<SocketServers> value) {
		Gauge.builder(meter.getName(), this.servers, value)
			.baseUnit(meter.getBaseUnit())
			.description(meter.description())
			.strongReference(true)
			.register(registry);
	}

}
