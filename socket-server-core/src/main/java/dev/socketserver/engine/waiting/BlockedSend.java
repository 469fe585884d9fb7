package dev.socketserver.engine.waiting;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;

import dev.socketserver.engine.lane.LongWait;
import org.jspecify.annotations.Nullable;

/**
 * A sender that waits until what it sends is admitted, or refused after all. Its
 * {@link Room} decides under the lock of the queue; the sender waits without it, and
 * notifies its completion of a refusal.
 *
 * @param <T> what is sent
 */
public final class BlockedSend<T> implements ForkJoinPool.ManagedBlocker {

	private final T sent;

	private final long checkMillis;

	private final CountDownLatch decided = new CountDownLatch(1);

	/** Written before the decision, and read after it. */
	private @Nullable Exception refusal;

	BlockedSend(T sent, long checkMillis) {
		this.sent = sent;
		this.checkMillis = checkMillis;
	}

	T sent() {
		return this.sent;
	}

	void decide(@Nullable Exception refusal) {
		this.refusal = refusal;
		this.decided.countDown();
	}

	/**
	 * Waits for the decision, without a lock.
	 * @return {@code false} if the thread was interrupted, as it is again then: the
	 * caller {@linkplain Room#withdraw withdraws} the sender
	 */
	public boolean await() {
		return await(() -> {
		});
	}

	/**
	 * Waits for the decision, without a lock, and checks meanwhile.
	 * @param check is run each time when it is time to check whether there is room
	 * @return {@code false} if the thread was interrupted, as it is again then: the
	 * caller {@linkplain Room#withdraw withdraws} the sender
	 */
	public boolean await(Runnable check) {
		try {
			LongWait.on(this);
			while (!isReleasable()) {
				check.run();
				LongWait.on(this);
			}
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Returns why it was refused, once it is decided.
	 * @return why, or {@code null} if it was admitted
	 */
	public @Nullable Exception refusal() {
		return this.refusal;
	}

	@Override
	public boolean block() throws InterruptedException {
		if (this.checkMillis == Room.NO_CHECKS) {
			this.decided.await();
			return true;
		}
		boolean unused = this.decided.await(this.checkMillis, TimeUnit.MILLISECONDS);
		return true;
	}

	@Override
	public boolean isReleasable() {
		return this.decided.getCount() == 0;
	}

}
