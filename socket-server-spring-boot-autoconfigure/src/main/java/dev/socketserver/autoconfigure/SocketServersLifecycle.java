package dev.socketserver.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the configured servers together with a web server, all or none, and stops
 * whatever {@link SocketServersDrain} has left. All servers stop side by side.
 */
final class SocketServersLifecycle extends WebServerPhaseLifecycle {

	/** How far before the default phase web servers start and stop. */
	private static final int START_STOP = 2048;

	private static final Logger logger = LoggerFactory.getLogger(SocketServersLifecycle.class);

	private final SocketServers servers;

	private final Supplier<List<ServerSpec>> specs;

	private @Nullable List<SocketServer> configured;

	SocketServersLifecycle(SocketServers servers, Supplier<List<ServerSpec>> specs) {
		super(START_STOP);
		this.servers = servers;
		this.specs = specs;
	}

	@Override
	public void start() {
		List<SocketServer> configured = this.configured;
		if (configured == null) {
			configured = registerAll(this.specs.get());
			this.configured = configured;
		}
		startAll(configured);
		super.start();
	}

	private List<SocketServer> registerAll(List<ServerSpec> specs) {
		List<SocketServer> registered = new ArrayList<>();
		try {
			for (ServerSpec spec : specs) {
				registered.add(this.servers.register(spec));
			}
		}
		catch (RuntimeException ex) {
			// The application has registered one of the names itself.
			registered.forEach((server) -> this.servers.remove(server.name()));
			throw ex;
		}
		return registered;
	}

	private static void startAll(List<SocketServer> servers) {
		List<SocketServer> started = new ArrayList<>();
		try {
			for (SocketServer server : servers) {
				server.start();
				started.add(server);
			}
		}
		catch (RuntimeException | Error ex) {
			for (SocketServer server : started) {
				stopQuietly(server, ex);
			}
			throw ex;
		}
	}

	private static void stopQuietly(SocketServer server, Throwable reason) {
		try {
			server.stop(Duration.ZERO);
		}
		catch (RuntimeException ex) {
			reason.addSuppressed(ex);
		}
	}

	@Override
	void beginStop(Runnable callback) {
		stopAll(this.servers, (server) -> Duration.ZERO, callback);
	}

	/**
	 * Begins to stop all servers.
	 * @param servers the servers
	 * @param timeout how long the sessions of a server may take to end
	 * @param callback runs once when all have stopped, also if that failed
	 */
	static void stopAll(Iterable<SocketServer> servers, Function<SocketServer, Duration> timeout, Runnable callback) {
		List<CompletableFuture<?>> stopped = new ArrayList<>();
		for (SocketServer server : servers) {
			stopped.add(beginStop(server, timeout.apply(server)));
		}
		CompletableFuture<?> unused = CompletableFuture.allOf(stopped.toArray(CompletableFuture[]::new))
			.whenComplete((result, failure) -> callback.run());
	}

	private static CompletableFuture<?> beginStop(SocketServer server, Duration timeout) {
		try {
			// Asked for first: afterwards the run may be gone, but listeners not told.
			CompletableFuture<?> stopped = server.stopped();
			server.beginStop(timeout);
			return stopped;
		}
		catch (RuntimeException ex) {
			logger.warn("Server '{}' could not be stopped", server.name(), ex);
			return CompletableFuture.completedFuture(null);
		}
	}

}
