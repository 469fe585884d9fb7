package dev.socketserver.engine.output;

import java.util.List;

import dev.socketserver.engine.state.SessionState;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link WriteQueue} of a session has only once its peer has not taken
 * everything at once: batches in front of the newest, what is charged for all that waits,
 * whether the queue is congested, and who waits for room. Made with the first of these:
 * an idle session has none. Guarded as the queue is.
 */
final class Backlog {

	/** Batches in front of the newest; absent while there were none yet. */
	private @Nullable OlderBatches older;

	/** Who waits for room; absent until somebody does. */
	private @Nullable RoomWaiters waiters;

	/** How many bytes were charged to the session. */
	private long charged;

	/**
	 * Not 0 while the queue is congested: from when a limit is reached until half of it
	 * is free again, or until everything that waited then has left. It says how many
	 * writes are left of these: senders that never wait would fill each gap and keep out
	 * those that do wait. Also read without the monitor.
	 */
	private volatile int congestedBy;

	/** Returns what is in front of the newest, or {@code null} if nothing ever was. */
	@Nullable OlderBatches older() {
		return this.older;
	}

	/** Adds a batch to those in front of the newest. */
	void add(WriteBatch batch) {
		if (this.older == null) {
			this.older = new OlderBatches();
		}
		this.older.add(batch);
	}

	// What is charged to the session.

	long charged() {
		return this.charged;
	}

	/** Charges what is held now, instead of what was charged before. */
	void charge(SessionState session, long held) {
		long before = this.charged;
		this.charged = held;
		session.charge(held - before);
	}

	// Who waits for room.

	/** Whether a limit was reached, and room is not back yet. Any thread. */
	boolean isCongested() {
		return this.congestedBy != 0;
	}

	/** A limit is reached while so many writes wait. */
	void congested(int writes) {
		this.congestedBy = Math.max(1, writes);
	}

	/**
	 * There may be enough room again.
	 * @param left how many writes have left
	 * @param halfEmpty whether at most half of the limits is used
	 * @return those who have waited for that, whom the caller notifies
	 */
	List<Runnable> roomMade(int left, boolean halfEmpty) {
		int rest = this.congestedBy - left;
		if (rest > 0 && !halfEmpty) {
			this.congestedBy = rest;
			return List.of();
		}
		this.congestedBy = 0;
		return (this.waiters != null) ? this.waiters.grant() : List.of();
	}

	/**
	 * The connection is gone: no sender has to wait for room.
	 * @return those who have, whom the caller notifies
	 */
	List<Runnable> endCongestion() {
		this.congestedBy = 0;
		return (this.waiters != null) ? this.waiters.takeNotified() : List.of();
	}

	/** Returns who waits for room, or {@code null} if no sender ever did. */
	@Nullable RoomWaiters waiters() {
		return this.waiters;
	}

	/** Returns who waits for room, for one more to be added. */
	RoomWaiters waitersForMore() {
		RoomWaiters made = this.waiters;
		if (made == null) {
			made = new RoomWaiters();
			this.waiters = made;
		}
		return made;
	}

}
