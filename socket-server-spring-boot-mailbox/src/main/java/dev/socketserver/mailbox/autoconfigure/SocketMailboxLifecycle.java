package dev.socketserver.mailbox.autoconfigure;

import java.util.function.Supplier;

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

	private final Supplier<@Nullable Deliveries> deliveries;

	private volatile boolean running;

	/**
	 * Creates the lifecycle.
	 * @param deliveries gives what delivers letters, or {@code null} while nothing uses
	 * the mailbox
	 */
	SocketMailboxLifecycle(Supplier<@Nullable Deliveries> deliveries) {
		this.deliveries = deliveries;
	}

	@Override
	public void start() {
		this.running = true;
		Deliveries known = this.deliveries.get();
		if (known != null) {
			known.start();
		}
	}

	@Override
	public void stop() {
		this.running = false;
		Deliveries known = this.deliveries.get();
		if (known != null) {
			known.rest();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
