package dev.socketserver.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import dev.socketserver.Alarm;

/**
 * Tells alarms of one server, one after the other and never on the thread that raises
 * them, which may be an event loop. Guarded by itself.
 */
public final class Alarms {

	private final Consumer<Alarm> listener;

	private final Executor background;

	/** Completes when all alarms that were raised have been told. */
	private CompletableFuture<?> told = CompletableFuture.completedFuture(null);

	/**
	 * Creates a teller.
	 * @param listener is told; what it throws is lost
	 * @param background runs it
	 */
	public Alarms(Consumer<Alarm> listener, Executor background) {
		this.listener = listener;
		this.background = background;
	}

	/**
	 * Tells of an alarm behind those that were raised before, and returns at once.
	 * @param alarm the alarm
	 */
	public synchronized void raise(Alarm alarm) {
		this.told = this.told.handleAsync((before, failure) -> {
			this.listener.accept(alarm);
			return null;
		}, this.background);
	}

}
