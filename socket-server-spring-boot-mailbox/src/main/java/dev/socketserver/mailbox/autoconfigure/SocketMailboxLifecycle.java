package dev.socketserver.mailbox.autoconfigure;

import dev.socketserver.mailbox.delivery.Deliveries;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Has the mailbox rest while the application, or its context in a test, is stopped or
 * paused. It begins to rest after the servers have stopped, and before connections of
 * Spring Data do, which are in phase 0.
 */
final class SocketMailboxLifecycle implements SmartLifecycle {

	private static final int PHASE = 1;

	/** Absent while nothing uses the mailbox. Guarded by this. */
	private @Nullable Deliveries deliveries;

	/** Changes under this. */
	private volatile State state = State.NEW;

	/**
	 * What delivers letters was made, and begins now or with the next start.
	 * @param made what delivers them
	 */
	synchronized void made(Deliveries made) {
		this.deliveries = made;
		if (this.state == State.RUNNING) {
			made.start();
		}
		else if (this.state == State.STOPPED) {
			made.rest();
		}
	}

	@Override
	public synchronized void start() {
		this.state = State.RUNNING;
		if (this.deliveries != null) {
			this.deliveries.start();
		}
	}

	@Override
	public synchronized void stop() {
		this.state = State.STOPPED;
		if (this.deliveries != null) {
			this.deliveries.rest();
		}
	}

	@Override
	public boolean isRunning() {
		return this.state == State.RUNNING;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	private enum State {

		/** Not started yet: the store can be used already. */
		NEW,

		RUNNING,

		/** The store may be closed. */
		STOPPED

	}

}
