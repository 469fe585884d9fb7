package dev.socketserver.engine.output;

import java.util.ArrayDeque;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The batches of {@link WriteBatches} in front of the newest, and how much of them may be
 * dropped. Most sessions never have any. Guarded as those are.
 */
final class OlderBatches {

	private final ArrayDeque<WriteBatch> batches = new ArrayDeque<>();

	private int droppableWrites;

	private long droppableBytes;

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
