package dev.socketserver.engine.output;

import java.util.ArrayDeque;

import org.jspecify.annotations.Nullable;

/**
 * The senders of one session that wait for room, in the order in which they came. Their
 * payloads are encoded already, and count as held memory, but not against the limits of
 * the queue.
 * <p>
 * Guarded by the monitor of the session's {@link Outbox}.
 */
final class BlockedSends {

	private final ArrayDeque<BlockedSend> waiting = new ArrayDeque<>();

	private long bytes;

	boolean isEmpty() {
		return this.waiting.isEmpty();
	}

	/** How many bytes they have encoded. */
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

	/** Returns the sender of a write, if it waits; or {@code null}. */
	@Nullable BlockedSend find(Completion completion) {
		for (BlockedSend one : this.waiting) {
			if (one.completion() == completion) {
				return one;
			}
		}
		return null;
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

	/** Refuses all. */
	void refuse(Exception refusal) {
		this.waiting.forEach((one) -> one.refuse(refusal));
		this.waiting.clear();
		this.bytes = 0;
	}

}
