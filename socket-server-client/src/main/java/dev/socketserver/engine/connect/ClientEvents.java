package dev.socketserver.engine.connect;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.socketserver.client.SocketClientListener;
import dev.socketserver.engine.events.Listeners;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.threads.Deadline;
import dev.socketserver.engine.threads.SerialExecutor;

/**
 * Notifies listeners of one client, one thing after the other, on threads of the
 * background. Any thread; waits for none.
 */
final class ClientEvents {

	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

	private final Listeners<SocketClientListener> listeners;

	private final SharedResources engine;

	private final SerialExecutor notifier;

	ClientEvents(Listeners<SocketClientListener> listeners, SharedResources engine) {
		this.listeners = listeners;
		this.engine = engine;
		this.notifier = new SerialExecutor(engine.background());
	}

	/**
	 * Logs a line and notifies all listeners, after all calls before this one.
	 * @param line logs the line
	 * @param call notifies one listener
	 */
	void notifyEach(Runnable line, Consumer<SocketClientListener> call) {
		this.notifier.execute(() -> {
			line.run();
			this.listeners.notifyEach(call);
		});
	}

	/**
	 * Runs something once listeners have been notified of all before, or one of them
	 * takes too long; in that case it runs twice.
	 */
	void after(Runnable task) {
		Deadline later = new Deadline(this.engine.clock());
		later.begin(this.engine.timer(), PATIENCE_NANOS, () -> this.engine.background().execute(task));
		this.notifier.execute(() -> {
			later.cancel();
			task.run();
		});
	}

}
