package dev.socketserver.autoconfigure;

import org.springframework.context.SmartLifecycle;

/**
 * A lifecycle beside one of a web server's: in its phase, stopping without waiting, and
 * not to be paused.
 */
abstract class WebServerPhaseLifecycle implements SmartLifecycle {

	private final int phase;

	private volatile boolean running;

	/**
	 * Creates a lifecycle.
	 * @param before how far before the default phase that of the web server is
	 */
	WebServerPhaseLifecycle(int before) {
		this.phase = DEFAULT_PHASE - before;
	}

	@Override
	public void start() {
		this.running = true;
	}

	/**
	 * Begins to stop and does not wait.
	 */
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
	 * Begins to stop and does not wait.
	 * @param callback runs once when it is done, also if it failed
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
	 * Returns {@code false}: a paused test context would drop its sessions, and come back
	 * on other ports.
	 */
	@Override
	public final boolean isPauseable() {
		return false;
	}

}
