package dev.socketserver.engine.client;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

import org.jspecify.annotations.Nullable;

/**
 * A sender that waits for room in a {@link ClientOutbox}. Guarded by the lock of that.
 */
final class WaitingSender implements ForkJoinPool.ManagedBlocker {

	/**
	 * How often waiting senders check whether there is memory again, since nothing
	 * signals that.
	 */
	private static final long MEMORY_CHECK_MILLIS = 250;

	final ClientMessage message;

	private final Condition condition;

	boolean open = true;

	@Nullable Exception refusal;

	WaitingSender(ClientMessage message, Condition condition) {
		this.message = message;
		this.condition = condition;
	}

	/**
	 * Waits until this sender is admitted or refused, or until it is time to check the
	 * memory again.
	 */
	@Override
	public boolean block() throws InterruptedException {
		boolean unused = this.condition.await(MEMORY_CHECK_MILLIS, TimeUnit.MILLISECONDS);
		return true;
	}

	@Override
	public boolean isReleasable() {
		return !this.open;
	}

	void end(@Nullable Exception refused) {
		this.open = false;
		this.refusal = refused;
		this.condition.signal();
	}

}
