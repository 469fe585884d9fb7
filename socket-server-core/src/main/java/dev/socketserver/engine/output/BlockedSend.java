package dev.socketserver.engine.output;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;

import dev.socketserver.engine.lane.LongWait;
import org.jspecify.annotations.Nullable;

/**
 * A write whose sender waits until it is admitted, or refused after all. The outbox
 * decides, under its monitor; the sender waits without it, and notifies its completion of
 * a refusal.
 */
final class BlockedSend implements ForkJoinPool.ManagedBlocker {

	private final WriteBatch batch;

	private final Completion completion;

	private final CountDownLatch decided = new CountDownLatch(1);

	/** Written before the decision, and read after it. */
	private @Nullable Exception refusal;

	BlockedSend(WriteBatch batch, Completion completion) {
		this.batch = batch;
		this.completion = completion;
	}

	WriteBatch batch() {
		return this.batch;
	}

	Completion completion() {
		return this.completion;
	}

	void admit() {
		this.decided.countDown();
	}

	void refuse(Exception refusal) {
		this.refusal = refusal;
		this.decided.countDown();
	}

	/** Waits for the decision. */
	void await() throws InterruptedException {
		LongWait.on(this);
	}

	/** Why it was refused, if it was; once it is decided. */
	@Nullable Exception refusal() {
		return this.refusal;
	}

	@Override
	public boolean block() throws InterruptedException {
		this.decided.await();
		return true;
	}

	@Override
	public boolean isReleasable() {
		return this.decided.getCount() == 0;
	}

}
