package dev.socketserver.netty.resources;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.threads.DaemonThreads;
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.netty.workaround.EventLoopWorkaround;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;

/**
 * The event loops that all servers and clients share, one group for each transport in
 * use: made for the first that asks for it, and ended with the last. Guarded by its own
 * monitor. Also says who adds handlers to the connections that they serve.
 */
public final class EventLoops {

	private static final SafeLogger logger = SafeLogger.of(EventLoops.class);

	/** How long a loop may take to end what it is doing; nothing waits for that. */
	private static final long SHUTDOWN_SECONDS = 5;

	/**
	 * How long loops go on without anything to do before they end, where the application
	 * has handlers with threads of their own: these may still have tasks for them, and
	 * Netty's executors break when a loop refuses one.
	 */
	private static final long QUIET_SECONDS = 2;

	private final DaemonThreads factory;

	private final int threads;

	private final Supplier<List<ConnectionCustomizer>> customizers;

	private final Map<SocketTransport, Shared> groups = new EnumMap<>(SocketTransport.class);

	/**
	 * Creates no loop yet.
	 * @param factory makes their threads
	 * @param threads how many in each group
	 * @param customizers gives those who add handlers to connections, in order
	 */
	public EventLoops(DaemonThreads factory, int threads, Supplier<List<ConnectionCustomizer>> customizers) {
		this.factory = factory;
		this.threads = threads;
		this.customizers = customizers;
	}

	/** Returns who adds handlers to connections of what starts now, in order. */
	public List<ConnectionCustomizer> customizers() {
		return this.customizers.get();
	}

	/**
	 * Takes part in the loops of a transport.
	 * @param transport the transport, resolved
	 * @param customized whether connections have handlers of the application's
	 * @return the loops, until {@link #release}
	 * @throws UncheckedIOException if the system does not give so many
	 */
	public synchronized EventLoopGroup acquire(SocketTransport transport, boolean customized) {
		Shared shared = this.groups.get(transport);
		if (shared == null) {
			shared = new Shared(create(transport));
			this.groups.put(transport, shared);
		}
		shared.users++;
		shared.customized |= customized;
		return shared.group;
	}

	public synchronized void release(SocketTransport transport) {
		Shared shared = this.groups.get(transport);
		if (shared != null && --shared.users == 0) {
			this.groups.remove(transport);
			Future<?> end = shared.group.shutdownGracefully(shared.customized ? QUIET_SECONDS : 0, SHUTDOWN_SECONDS,
					TimeUnit.SECONDS);
			end.addListener((future) -> logger.debug("Event loops of {} ended", transport));
		}
	}

	private EventLoopGroup create(SocketTransport transport) {
		String label = TransportSupport.label(transport);
		String name = "socket-server-" + label;
		try {
			return EventLoopWorkaround.of(this.threads, this.factory.of(name, new LoopThread.Factory(name)),
					TransportSupport.of(transport).handlers());
		}
		catch (IllegalStateException ex) {
			// The cause of Netty's exception is what the system said.
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			String problem = "%s event loops of %s cannot be created: %s".formatted(this.threads, label,
					cause.getMessage());
			throw new UncheckedIOException(problem, new IOException(problem, ex));
		}
	}

	private static final class Shared {

		private final EventLoopGroup group;

		private int users;

		private boolean customized;

		Shared(EventLoopGroup group) {
			this.group = group;
		}

	}

}
