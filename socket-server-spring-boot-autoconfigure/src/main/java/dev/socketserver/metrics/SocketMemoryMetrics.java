package dev.socketserver.metrics;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketserver.SocketServers;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Shows how much of the memory that all servers and clients share is used, in bytes, as
 * {@link SocketMeters#MEMORY_USED} and {@link SocketMeters#MEMORY_LIMIT}, both without
 * tags.
 */
public class SocketMemoryMetrics implements MeterBinder, AutoCloseable {

	private final SocketServers servers;

	private final List<CountedMeters<SocketServers>> bound = new CopyOnWriteArrayList<>();

	/**
	 * Creates the binder.
	 * @param servers the servers
	 */
	public SocketMemoryMetrics(SocketServers servers) {
		this.servers = servers;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.bound.add(CountedMeters.register(this.servers, registry, Tags.empty(), SocketMeters::getName,
				(name) -> false, (meters) -> {
					meters.gauge(SocketMeters.MEMORY_USED, SocketServers::memoryUsed);
					meters.gauge(SocketMeters.MEMORY_LIMIT, SocketServers::memoryLimit);
				}));
	}

	/** Removes the meters, since a registry may live longer than the servers. */
	@Override
	public void close() {
		this.bound.forEach(CountedMeters::remove);
		this.bound.clear();
	}

}
