package dev.socketserver.engine.output;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Who waits for room in the output of one session: senders, in the order in which they
 * came, and those who hold no thread and are notified. What senders wait with is encoded
 * already, and counts as held memory, but not against the limits of the queue.
 * <p>
 * Guarded by the monitor of the session's {@link Outbox}.
 */
final class RoomWaiters {

	private final ArrayDeque<BlockedSend> waiting = new ArrayDeque<>(1);

	private long bytes;

	/** Those who hold no thread. */
	private List<Runnable> notified = List.of();

	/**
	 * Whoever has waited for room may send once, even if there is none again: so the
	 * outbox may be congested, too.
	 */
	private boolean granted;

	/** Whether senders wait: nobody may overtake them. */
	boolean hasSenders() {
		return !this.waiting.isEmpty();
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

	/** Has a sender wait after the others. */
	BlockedSend add(WriteBatch batch, Completion completion) {
		BlockedSend last = new BlockedSend(batch, completion);
		this.waiting.add(last);
		this.bytes += batch.bytes();
		return last;
	}

	/** Refuses the sender of a write, if it waits; returns whether it does. */
	boolean refuse(Completion completion, Exception refusal) {
		for (BlockedSend one : this.waiting) {
			if (one.completion() == completion) {
				remove(one);
				one.refuse(refusal);
				return true;
			}
		}
		return false;
	}

	/** One waits no longer; returns {@code false} if it is not among them any more. */
	boolean remove(BlockedSend one) {
		boolean removed = this.waiting.remove(one);
		if (removed) {
			this.bytes -= one.batch().bytes();
		}
		return removed;
	}

	/** Admits those who come first, as far as there is room; returns whether any. */
	boolean admit(WriteBatches queue) {
		boolean any = false;
		while (!this.waiting.isEmpty() && queue.fits(this.waiting.element().batch().bytes())) {
			BlockedSend first = this.waiting.remove();
			this.bytes -= first.batch().bytes();
			queue.enqueue(first.batch());
			if (first.completion() instanceof Revocable revocable) {
				revocable.admitted();
			}
			first.admit();
			any = true;
		}
		return any;
	}

	/** Refuses all senders. */
	void refuse(Exception refusal) {
		this.waiting.forEach((one) -> one.refuse(refusal));
		this.waiting.clear();
		this.bytes = 0;
	}

}
