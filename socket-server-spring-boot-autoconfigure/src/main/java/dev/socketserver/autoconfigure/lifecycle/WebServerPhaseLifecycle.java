package dev.socketserver.autoconfigure.lifecycle;

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
		beginStop(callback);
	}

	/**
	 * Begins to stop, and does not wait for the end.
	 * @param callback called once when it is done, even if it failed
	 */
	abstract void beginStop(Runnable callback);

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
