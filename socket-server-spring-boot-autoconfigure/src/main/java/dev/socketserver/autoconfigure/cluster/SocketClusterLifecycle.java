package dev.socketserver.autoconfigure.cluster;

import java.time.Duration;
import java.util.function.BooleanSupplier;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.cluster.spi.ManagedCluster;

import org.springframework.context.SmartLifecycle;

/**
 * Joins the cluster before any server listens, if there is a server or client; else when
 * the first is registered. The node leaves when its servers have stopped.
 */
public final class SocketClusterLifecycle implements SmartLifecycle, SocketServerListener {

	/** Just before the servers start. */
	private static final int PHASE = DEFAULT_PHASE - 2048 - 1;

	/** A directory that does not answer by then is taken to be away. */
	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private final ManagedCluster cluster;

	private final BooleanSupplier configured;

	private final Duration patience;

	/** Whether a server or client was registered. */
	private volatile boolean registered;

	private boolean joined;

	private volatile boolean running;

	/**
	 * Creates a lifecycle.
	 * @param cluster what is joined
	 * @param configured says whether a server or client will be registered
	 * @param requestTimeout how long a start waits, at most
	 */
	public SocketClusterLifecycle(ManagedCluster cluster, BooleanSupplier configured, Duration requestTimeout) {
		this.cluster = cluster;
		this.configured = configured;
		this.patience = (requestTimeout.compareTo(PATIENCE) < 0) ? requestTimeout : PATIENCE;
	}

	@Override
	public void start() {
		if (!this.joined && (this.registered || this.configured.getAsBoolean())) {
			this.joined = true;
			boolean unused = this.cluster.join(this.patience);
		}
		this.running = true;
	}

	@Override
	public void registered(SocketServer server) {
		join();
	}

	/** Joins, since there is a server or client; does not wait for that. */
	void join() {
		this.registered = true;
		boolean unused = this.cluster.join(Duration.ZERO);
	}

	@Override
	public void stop() {
		// It leaves when it is destroyed: a context that is started again is a node
		// still.
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
