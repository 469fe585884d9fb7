package dev.socketserver.engine.node;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.engine.events.Listeners;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.threads.SerialExecutor;

/**
 * Passes what happens in the cluster on to the listeners of the application, by
 * {@link Listeners}: what one of them throws reaches neither the cluster nor the others.
 * Nodes that come and go are reported one after the other, where code may wait; requests
 * and claims at once, on the thread on which they are decided.
 */
public final class NodeListeners implements ClusterListener {

	private static final SafeLogger logger = SafeLogger.of(NodeListeners.class);

	private final Listeners<ClusterListener> listeners;

	private final Executor inOrder;

	/**
	 * Creates a listener that notifies others.
	 * @param source gives the others; asked once, when there is something to report
	 * @param timer has time pass for the log
	 * @param background where code of the application runs, which may wait
	 */
	public NodeListeners(Supplier<? extends Collection<? extends ClusterListener>> source,
			ScheduledExecutorService timer, Executor background) {
		this.listeners = new Listeners<>(source, timer);
		this.inOrder = new SerialExecutor(background);
	}

	@Override
	public void joined(ClusterNode node) {
		this.inOrder.execute(() -> notifyEach((listener) -> listener.joined(node)));
	}

	@Override
	public void left(ClusterNode node) {
		this.inOrder.execute(() -> notifyEach((listener) -> listener.left(node)));
	}

	@Override
	public void requested(String kind, String outcome, Duration took) {
		notifyEach((listener) -> listener.requested(kind, outcome, took));
	}

	@Override
	public void claimed(String outcome) {
		notifyEach((listener) -> listener.claimed(outcome));
	}

	private void notifyEach(Consumer<ClusterListener> call) {
		try {
			this.listeners.notifyEach(call);
		}
		catch (Throwable ex) {
			// The application fails to make one of them, or has ended.
			logger.error("Listener {} failed", ClusterListener.class.getName(), ex);
		}
	}

}
