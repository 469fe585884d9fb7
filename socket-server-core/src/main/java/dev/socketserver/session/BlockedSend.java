package dev.socketserver.session;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

/**
 * A write whose sender waits until it is admitted, or refused after all. The outbox
 * decides, under its monitor; the sender waits without it, and tells its completion of a
 * refusal.
 */
final class BlockedSend implements ForkJoinPool.ManagedBlocker {

	private final Chunk chunk;

	private final CountDownLatch decided = new CountDownLatch(1);

	/** Written before, read after it is decided. */
	private @Nullable Exception refusal;

	BlockedSend(Chunk chunk) {
		this.chunk = chunk;
	}

	Chunk chunk() {
		return this.chunk;
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
		try {
			// A pool whose thread this is runs another meanwhile, if it can: what our own
			// does else must not depend on how fast a peer reads.
			ForkJoinPool.managedBlock(this);
		}
		catch (RejectedExecutionException ex) {
			block();
		}
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
