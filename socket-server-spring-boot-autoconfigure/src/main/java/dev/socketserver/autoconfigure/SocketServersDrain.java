package dev.socketserver.autoconfigure;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Lets the sessions of all servers end, side by side, while a web server lets its
 * requests end.
 */
final class SocketServersDrain extends WebServerPhaseLifecycle {

	/** How far before the default phase web servers drain. */
	private static final int DRAIN = 1024;

	private final SocketServers servers;

	private final ConfigurableApplicationContext context;

	SocketServersDrain(SocketServers servers, ConfigurableApplicationContext context) {
		super(DRAIN);
		this.servers = servers;
		this.context = context;
	}

	@Override
	void beginStop(Runnable callback) {
		refuseTraffic();
		SocketServersLifecycle.stopAll(this.servers, (server) -> server.spec().drainTimeout(), callback);
	}

	/**
	 * Only web contexts do this by themselves. A context that merely stops will start
	 * again.
	 */
	private void refuseTraffic() {
		if (this.context.isClosed() && anyRunning() && !refusesTraffic()) {
			AvailabilityChangeEvent.publish(this.context, ReadinessState.REFUSING_TRAFFIC);
		}
	}

	private boolean refusesTraffic() {
		ApplicationAvailability availability = this.context.getBeanProvider(ApplicationAvailability.class)
			.getIfAvailable();
		AvailabilityChangeEvent<ReadinessState> last = (availability != null)
				? availability.getLastChangeEvent(ReadinessState.class) : null;
		return last != null && last.getState() == ReadinessState.REFUSING_TRAFFIC;
	}

	private boolean anyRunning() {
		for (SocketServer server : this.servers) {
			if (server.state() == ServerState.RUNNING || server.state() == ServerState.PAUSED) {
				return true;
			}
		}
		return false;
	}

}
