package dev.socketserver.engine.output;

import java.util.ArrayList;
import java.util.List;

/**
 * Who waits for room in the output of one session: senders, in the order in which they
 * arrived, and those who hold no thread and are notified. What senders wait with is
 * encoded already, and counts as held memory, but not against the limits of the queue.
 * <p>
 * Guarded by the monitor of the {@link WriteQueue}. Few sessions have one.
 */
final class RoomWaiters {

	private final BlockedSenders<WriteBatch> senders = new BlockedSenders<>(BlockedSenders.NO_CHECKS);

	private long bytes;

	/** Those who hold no thread. */
	private List<Runnable> notified = List.of();

	/**
	 * Whoever has waited for room may send once, even if there is none again: so the
	 * outbox may be congested, too.
	 */
	private boolean granted;

	/** Whether senders wait: no other sender may overtake them. */
	boolean hasSenders() {
		return !this.senders.isEmpty();
	}

	/** Notifies one who holds no thread when there is room. */
	void add(Runnable waiter) {
		if (this.notified.isEmpty()) {
			this.notified = new ArrayList<>(1);
		}
		this.notified.add(waiter);
	}

	/** Returns those who hold no thread, whom the caller notifies; each may send once. */
	List<Runnable> grant() {
		List<Runnable> waiters = takeNotified();
		this.granted |= !waiters.isEmpty();
		return waiters;
	}

	/** Returns those who hold no thread, whom the caller notifies. */
	List<Runnable> takeNotified() {
		List<Runnable> waiters = this.notified;
		this.notified = List.of();
		return waiters;
	}

	/** Whether the caller may send once; it is asked only once. */
	boolean useGrant() {
		boolean used = this.granted;
		this.granted = false;
		return used;
	}

	/** How many bytes senders have encoded. */
	long bytes() {
		return this.bytes;
	}

	/** Has a sender wait after the others, with its one write. */
	BlockedSend<WriteBatch> add(WriteBatch batch) {
		BlockedSend<WriteBatch> last = this.senders.add(batch);
		this.bytes += batch.bytes();
		return last;
	}

	/** Admits those who waited longest, as far as there is room; returns whether any. */
	boolean admit(WriteQueue queue) {
		return hasSenders() && this.senders.admit((batch) -> queue.fits(batch.bytes()), (batch) -> {
			this.bytes -= batch.bytes();
			queue.enqueue(batch);
			batch.admitted();
		});
	}

	/** Refuses the sender of a write, if it waits; returns whether it does. */
	boolean refuse(Completion completion, Exception refusal) {
		WriteBatch refused = this.senders.refuse((batch) -> batch.isOf(completion), refusal);
		if (refused != null) {
			this.bytes -= refused.bytes();
		}
		return refused != null;
	}

	/** Refuses a sender that was interrupted, unless it is decided already. */
	boolean withdraw(BlockedSend<WriteBatch> one, Exception refusal) {
		boolean waited = this.senders.withdraw(one, refusal);
		if (waited) {
			this.bytes -= one.sent().bytes();
		}
		return waited;
	}

	/** Refuses all senders. */
	void refuseAll(Exception refusal) {
		this.senders.refuseAll(refusal);
		this.bytes = 0;
	}

}
