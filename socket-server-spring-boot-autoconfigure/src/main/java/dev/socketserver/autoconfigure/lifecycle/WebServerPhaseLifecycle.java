package dev.socketserver.autoconfigure.lifecycle;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;

import org.springframework.context.SmartLifecycle;

/**
 * A lifecycle in the same phase as one of a web server. It stops without waiting, and is
 * not paused.
 */
abstract class WebServerPhaseLifecycle implements SmartLifecycle {

	private final int phase;

	private volatile boolean running;

	/**
	 * Creates a lifecycle.
	 * @param before the distance from the default phase to that of the web server
	 */
	WebServerPhaseLifecycle(int before) {
		this.phase = DEFAULT_PHASE - before;
	}

	@Override
	public void start() {
		this.running = true;
	}

	/** Begins to stop, and does not wait for the end. */
	@Override
	public final void stop() {
		stop(() -> {
		});
	}

	@Override
	public final void stop(Runnable callback) {
		this.running = false;
		CompletableFuture<?> unused = CompletableFuture.allOf(beginStop().toArray(CompletableFuture[]::new))
			.whenComplete((result, failure) -> callback.run());
	}

	/**
	 * Begins to stop, and does not wait for the end.
	 * @return what completes when it is done, even if it failed
	 */
	abstract List<CompletableFuture<?>> beginStop();

	/**
	 * Begins to stop all servers or clients.
	 * @param all the servers or clients
	 * @param stop begins to stop one, and returns what completes when it has stopped
	 * @param failed logs that one could not be stopped
	 * @param <T> servers or clients
	 * @return what completes when each has stopped
	 */
	static <T> List<CompletableFuture<?>> stopAll(Iterable<T> all, Function<T, CompletableFuture<?>> stop,
			BiConsumer<T, RuntimeException> failed) {
		List<CompletableFuture<?>> stopped = new ArrayList<>();
		for (T target : all) {
			try {
				stopped.add(stop.apply(target));
			}
			catch (RuntimeException ex) {
				failed.accept(target, ex);
			}
		}
		return stopped;
	}

	@Override
	public final boolean isRunning() {
		return this.running;
	}

	@Override
	public final int getPhase() {
		return this.phase;
	}

	/**
	 * Returns {@code false}: a test context that is paused would drop its sessions, and
	 * listen on other ports when it goes on.
	 */
	@Override
	public final boolean isPauseable() {
		return false;
	}

}
