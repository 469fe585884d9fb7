package dev.socketserver.engine.output;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The batches of {@link WriteQueue} in front of the newest, how much of them may be
 * dropped, and those that were, until their senders are notified. Most sessions never
 * have any. Guarded as those are.
 */
final class OlderBatches {

	private final ArrayDeque<WriteBatch> batches = new ArrayDeque<>();

	private int droppableWrites;

	private long droppableBytes;

	private List<WriteBatch> dropped = List.of();

	int droppableWrites() {
		return this.droppableWrites;
	}

	long droppableBytes() {
		return this.droppableBytes;
	}

	/** Returns the oldest, or {@code null} if there is none. */
	@Nullable WriteBatch peek() {
		return this.batches.peek();
	}

	void add(WriteBatch batch) {
		this.batches.add(batch);
		if (batch.droppable()) {
			this.droppableWrites += batch.writes();
			this.droppableBytes += batch.bytes();
		}
	}

	/** Removes the oldest, if there is one. */
	@Nullable WriteBatch poll() {
		return removed(this.batches.poll());
	}

	/** Removes the newest, if there is one. */
	@Nullable WriteBatch pollLast() {
		return removed(this.batches.pollLast());
	}

	/**
	 * Drops the oldest that may be dropped.
	 * @param why what its sender is refused with
	 * @return the batch, or {@code null} if there is none
	 */
	@Nullable WriteBatch drop(Exception why) {
		WriteBatch batch = removeDroppable((any) -> true);
		if (batch != null && batch.drop(why)) {
			if (this.dropped.isEmpty()) {
				this.dropped = new ArrayList<>();
			}
			this.dropped.add(batch);
		}
		return batch;
	}

	/** Whether there are batches that were dropped, whose senders are to be notified. */
	boolean hasDropped() {
		return !this.dropped.isEmpty();
	}

	/** Returns these in order, for the caller to notify their senders. */
	List<WriteBatch> takeDropped() {
		List<WriteBatch> batches = this.dropped;
		this.dropped = List.of();
		return batches;
	}

	/**
	 * Removes the first that may be dropped and fits a condition.
	 * @return the batch, or {@code null} if there is none
	 */
	@Nullable WriteBatch removeDroppable(Predicate<WriteBatch> condition) {
		for (WriteBatch batch : this.batches) {
			if (batch.droppable() && condition.test(batch)) {
				this.batches.remove(batch);
				return removed(batch);
			}
		}
		return null;
	}

	private @Nullable WriteBatch removed(@Nullable WriteBatch batch) {
		if (batch != null && batch.droppable()) {
			this.droppableWrites -= batch.writes();
			this.droppableBytes -= batch.bytes();
		}
		return batch;
	}

}
