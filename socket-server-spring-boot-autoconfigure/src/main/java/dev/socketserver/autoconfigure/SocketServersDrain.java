package dev.socketserver.autoconfigure;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Lets the sessions of all servers end, side by side, while a web server lets its
 * requests end.
 */
final class SocketServersDrain implements SmartLifecycle {

	private final SocketServers servers;

	private final ConfigurableApplicationContext context;

	private volatile boolean running;

	SocketServersDrain(SocketServers servers, ConfigurableApplicationContext context) {
		this.servers = servers;
		this.context = context;
	}

	@Override
	public void start() {
		this.running = true;
	}

	/**
	 * Begins to drain and does not wait.
	 */
	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		refuseTraffic();
		SocketServersLifecycle.stopAll(this.servers, (server) -> server.spec().drainTimeout(), callback);
	}

	/**
	 * Only web contexts do this by themselves. A context that merely stops will start
	 * again.
	 */
	private void refuseTraffic() {
		if (this.context.isClosed() && anyRunning()) {
			AvailabilityChangeEvent.publish(this.context, ReadinessState.REFUSING_TRAFFIC);
		}
	}

	private boolean anyRunning() {
		for (SocketServer server : this.servers) {
			if (server.state() == ServerState.RUNNING) {
				return true;
			}
		}
		return false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * Returns the phase in which web servers drain.
	 */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 1024;
	}

	/**
	 * Returns {@code false}, as {@link SocketServersLifecycle} does.
	 */
	@Override
	public boolean isPauseable() {
		return false;
	}

}
