package dev.socketserver.autoconfigure.lifecycle;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import dev.socketserver.ServerStartException;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.properties.ServerDefaults.OnStartFailure;
import dev.socketserver.autoconfigure.spec.ConfiguredServer;
import dev.socketserver.autoconfigure.spec.StartPolicy;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.operation.StartFailure;
import dev.socketserver.operator.ServerOperations;
import org.jspecify.annotations.Nullable;

/**
 * Starts the configured servers in the phase in which a web server starts: all or none,
 * unless their {@link StartPolicy} says otherwise. Stops what {@link SocketServersDrain}
 * has left, all servers at the same time.
 */
public final class SocketServersLifecycle extends WebServerPhaseLifecycle
		implements Registrations.Registry<ConfiguredServer> {

	/** Distance from the default phase to that in which web servers start and stop. */
	private static final int START_STOP = 2048;

	private static final SafeLogger logger = SafeLogger.of(SocketServersLifecycle.class);

	private final SocketServers servers;

	private final Registrations<ConfiguredServer> configured;

	private final StartFailures failures;

	private final Runnable beforeListening;

	private final Map<String, BackgroundStart> starts = new ConcurrentHashMap<>();

	/**
	 * Whether the servers are to run: set when a start begins, and cleared when they
	 * begin to drain for a stop.
	 */
	private volatile boolean wanted;

	/**
	 * Creates a lifecycle.
	 * @param servers the servers
	 * @param described supplies those that are configured; called once
	 * @param failures reports servers that cannot start
	 * @param beforeListening called at each start, when the servers are registered and
	 * none listens yet
	 */
	public SocketServersLifecycle(SocketServers servers, Supplier<List<ConfiguredServer>> described,
			StartFailures failures, Runnable beforeListening) {
		super(START_STOP);
		this.servers = servers;
		this.configured = new Registrations<>(described, this);
		this.failures = failures;
		this.beforeListening = beforeListening;
	}

	@Override
	public void register(ConfiguredServer server) {
		this.servers.register(server.spec());
	}

	@Override
	public void remove(ConfiguredServer server) {
		this.servers.remove(server.spec().name());
	}

	/**
	 * Takes note of other settings, for the next start of the context. Any thread.
	 * @param configured the servers of the properties, as they are registered now
	 */
	public void replace(List<ConfiguredServer> configured) {
		this.configured.replace(configured);
	}

	/**
	 * Starts a server that a change has made, or has stopped, if servers are to run. A
	 * start of before that was tried again is tried no more. Any thread.
	 * @param name the name of the server, which is registered
	 * @param policy what follows if it cannot listen, as if the context had started it
	 * @param paused which listeners begin paused
	 * @throws RuntimeException if it cannot listen, and the policy is to fail
	 */
	public void start(String name, StartPolicy policy, Set<String> paused) {
		SocketServer server = this.servers.server(name).orElse(null);
		if (server == null || !this.wanted) {
			return;
		}
		tryNoMore(name);
		startNow(server, policy, paused);
		if (!this.wanted) {
			// The application has begun to stop its servers just before, when this one
			// did not run yet.
			cancelStarts();
			ServerOperations.of(server).beginStop(Duration.ZERO);
		}
	}

	/**
	 * Ends what tries to start a server again and again. Any thread.
	 * @param name the name of the server
	 * @return which listeners were to begin paused; none if nothing was tried any more
	 */
	public Set<String> tryNoMore(String name) {
		BackgroundStart before = this.starts.remove(name);
		if (before == null) {
			return Set.of();
		}
		Set<String> paused = before.paused();
		before.cancel();
		return paused;
	}

	@Override
	public void start() {
		List<ConfiguredServer> configured = this.configured.get();
		this.failures.starting();
		this.beforeListening.run();
		startAll(configured);
		if (System.getenv("LISTEN_FDS") != null && this.servers instanceof NettySocketServers passed) {
			passed.reportUnused();
		}
		super.start();
	}

	private void startAll(List<ConfiguredServer> configured) {
		this.wanted = true;
		List<SocketServer> started = new ArrayList<>();
		try {
			for (ConfiguredServer server : configured) {
				// The application may have removed it meanwhile.
				SocketServer registered = this.servers.server(server.spec().name()).orElse(null);
				if (registered != null && server.start().auto()) {
					start(registered, server.start());
					started.add(registered);
				}
			}
		}
		catch (RuntimeException | Error ex) {
			cancelStarts();
			for (SocketServer server : started) {
				stopQuietly(server, ex);
			}
			throw ex;
		}
	}

	private void start(SocketServer server, StartPolicy policy) {
		if (!policy.await()) {
			inBackground(server, policy, Set.of(), null);
		}
		else {
			startNow(server, policy, Set.of());
		}
	}

	private void startNow(SocketServer server, StartPolicy policy, Set<String> paused) {
		try {
			BackgroundStart.start(server, paused);
		}
		catch (RuntimeException | Error ex) {
			ServerStartException failure = (policy.onFailure() != OnStartFailure.FAIL) ? StartFailure.of(server, ex)
					: null;
			if (failure == null) {
				throw ex;
			}
			if (policy.onFailure() == OnStartFailure.RETRY) {
				inBackground(server, policy, paused, failure);
			}
			else {
				this.failures.warn(failure);
			}
		}
	}

	/** Begins at once, or later if there was a failure before. */
	private void inBackground(SocketServer server, StartPolicy policy, Set<String> paused,
			@Nullable ServerStartException before) {
		BackgroundStart background = new BackgroundStart(server, policy.onFailure(), this.failures, () -> this.wanted,
				paused);
		this.starts.put(server.name(), background);
		if (this.wanted) {
			background.begin(before);
		}
		else {
			// The starts may have been cancelled before this one was among them.
			Set<String> unused = tryNoMore(server.name());
		}
	}

	/**
	 * Returns when a server that cannot listen is tried again. Any thread.
	 * @param server the server's name
	 * @return the time of the next attempt, or {@code null} if none is due
	 */
	public @Nullable Instant nextAttempt(String server) {
		BackgroundStart start = this.starts.get(server);
		return (start != null) ? start.nextAttempt() : null;
	}

	/** Servers are to run no longer: none is started, nor tried again. Any thread. */
	void cancelStarts() {
		this.wanted = false;
		// One by one: what is put there meanwhile finds that it is not wanted.
		this.starts.keySet().forEach(this::tryNoMore);
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
	List<CompletableFuture<?>> beginStop() {
		cancelStarts();
		return stopAll(this.servers, SocketServersLifecycle::stopNow, SocketServersLifecycle::notStopped);
	}

	static void notStopped(SocketServer server, RuntimeException failure) {
		logger.warn("Server '{}' could not be stopped", server.name(), failure);
	}

	private static CompletableFuture<?> stopNow(SocketServer server) {
		// Taken before the stop begins: later the run may be over, although listeners
		// were not notified yet.
		CompletableFuture<?> stopped = server.stopped();
		ServerOperations.of(server).beginStop(Duration.ZERO);
		return stopped;
	}

}
