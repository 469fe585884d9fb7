package dev.socketserver.autoconfigure.lifecycle;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.spec.DrainTimeouts;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.operator.ServerOperations;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;

/**
 * Drains all servers at the same time, each as its plan says, in the phase in which a web
 * server lets its requests end. What stops earlier, such as clients, may take a while, so
 * the application refuses traffic as soon as it closes.
 * <p>
 * What is notified at the same time may come in any order. So a notification only causes
 * a look at the servers, and one thread at a time looks and publishes, without a lock.
 */
public final class SocketServersDrain extends WebServerPhaseLifecycle
		implements SocketServerListener, ApplicationListener<ContextClosedEvent>, Ordered {

	/** Distance from the default phase to that in which web servers drain. */
	private static final int DRAIN = 1024;

	private final SocketServers servers;

	private final SocketServersLifecycle lifecycle;

	private final LateBean<ManagedCluster> cluster;

	private final ConfigurableApplicationContext context;

	private final DrainTimeouts timeouts;

	/** Who raises it from 0 decides, alone, until nothing has happened meanwhile. */
	private final AtomicInteger happened = new AtomicInteger();

	/** Whether a server has begun to drain that no decision knows of. */
	private final AtomicBoolean drained = new AtomicBoolean();

	/** Whether a server ran when the application began to close. */
	private boolean served;

	private volatile boolean closing;

	// Of whoever decides.

	/** Whether the application refuses traffic, and the node drains, for good. */
	private boolean over;

	/** Whether the node has ever drained: until then it may not have been made. */
	private boolean nodeDrained;

	/** Whether a drain of the last server has made the application refuse traffic. */
	private boolean refuses;

	/**
	 * Creates the drain of all servers.
	 * @param servers the servers
	 * @param lifecycle starts them, and starts none from then on
	 * @param cluster the node of the application, if it is one
	 * @param context the application
	 * @param timeouts how much of a server's drain timeout it has when the application
	 * ends
	 */
	public SocketServersDrain(SocketServers servers, SocketServersLifecycle lifecycle, LateBean<ManagedCluster> cluster,
			ConfigurableApplicationContext context, DrainTimeouts timeouts) {
		super(DRAIN);
		this.servers = servers;
		this.lifecycle = lifecycle;
		this.cluster = cluster;
		this.context = context;
		this.timeouts = timeouts;
	}

	@Override
	List<CompletableFuture<?>> beginStop() {
		this.lifecycle.cancelStarts();
		return stopAll(this.servers,
				(server) -> ServerOperations.of(server).shutDown(this.timeouts.atTheEnd(server.spec().drainTimeout())),
				SocketServersLifecycle::notStopped);
	}

	/**
	 * The node drains as soon as the application closes, if anybody knows it. Publishes
	 * that the application refuses traffic, which only web contexts do by themselves. Not
	 * if the context merely stops, since it will start again.
	 */
	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		if (event.getApplicationContext() != this.context) {
			// That of a child.
			return;
		}
		this.served = anyRunning();
		this.closing = true;
		if (this.happened.getAndIncrement() == 0) {
			decide(1);
		}
		else {
			// A listener may hold up whoever decides, and what follows does not wait.
			end();
		}
	}

	/**
	 * The application refuses traffic, too, once none of its servers takes any, and its
	 * node drains.
	 */
	@Override
	public void draining(SocketServer server) {
		this.drained.set(true);
		decide();
	}

	/** A server takes traffic again after a drain. */
	@Override
	public void started(SocketServer server) {
		decide();
	}

	/** Other settings are in force. Without a server there is nothing to refuse. */
	public void changed() {
		if (hasNone()) {
			decide();
		}
	}

	private void decide() {
		if (this.happened.getAndIncrement() == 0) {
			decide(1);
		}
	}

	/** Also what has happened meanwhile is decided, whatever a listener throws. */
	private void decide(int seen) {
		try {
			decideOnce();
		}
		finally {
			int more = this.happened.addAndGet(-seen);
			if (more != 0) {
				decide(more);
			}
		}
	}

	private void decideOnce() {
		// Before the look: the next decision has what drains after it.
		boolean drains = this.drained.getAndSet(false);
		if (this.over || !this.context.isActive()) {
			return;
		}
		if (this.closing) {
			this.over = true;
			end();
		}
		else if (hasNone() || anyRunning()) {
			acceptTraffic();
		}
		else if (drains) {
			refuseTraffic();
		}
	}

	private void end() {
		ManagedCluster node = this.cluster.known();
		if (node != null) {
			node.draining(true);
		}
		if (this.served && !refusesTraffic()) {
			AvailabilityChangeEvent.publish(this.context, ReadinessState.REFUSING_TRAFFIC);
		}
	}

	private void refuseTraffic() {
		nodeDrains(true);
		if (!refusesTraffic()) {
			this.refuses = true;
			AvailabilityChangeEvent.publish(this.context, ReadinessState.REFUSING_TRAFFIC);
		}
	}

	private void acceptTraffic() {
		nodeDrains(false);
		if (this.refuses) {
			this.refuses = false;
			AvailabilityChangeEvent.publish(this.context, ReadinessState.ACCEPTING_TRAFFIC);
		}
	}

	/** Notifies the node, unless it has never drained, and does not now. */
	private void nodeDrains(boolean drains) {
		if (!drains && !this.nodeDrained) {
			return;
		}
		this.nodeDrained = true;
		ManagedCluster node = this.cluster.find();
		if (node != null) {
			node.draining(drains);
		}
	}

	/** What stops next would not wait for another thread. */
	@Override
	public boolean supportsAsyncExecution() {
		return false;
	}

	/** Before listeners of the application, which may stop servers and wait for that. */
	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	private boolean refusesTraffic() {
		ApplicationAvailability availability = this.context.getBeanProvider(ApplicationAvailability.class)
			.getIfAvailable();
		AvailabilityChangeEvent<ReadinessState> last = (availability != null)
				? availability.getLastChangeEvent(ReadinessState.class) : null;
		return last != null && last.getState() == ReadinessState.REFUSING_TRAFFIC;
	}

	private boolean hasNone() {
		return !this.servers.iterator().hasNext();
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
