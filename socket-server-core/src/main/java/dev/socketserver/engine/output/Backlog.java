package dev.socketserver.engine.output;

import java.util.ArrayList;
import java.util.List;

import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.waiting.Charge;
import dev.socketserver.engine.waiting.Room;
import dev.socketserver.engine.waiting.Waiting;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link WriteQueue} of a session has only once its peer has not taken
 * everything at once: batches in front of the newest, and those of them that were
 * dropped, what is charged for all that waits, and who waits for room. Made with the
 * first of these: an idle session has none. Guarded as the queue is.
 */
final class Backlog {

	private final Charge charge;

	/** Batches in front of the newest; absent while there were none yet. */
	private @Nullable Waiting<WriteBatch> older;

	/** Who waits for room; absent until there is none. */
	private @Nullable Room<WriteBatch> room;

	/** Those that were dropped, until their senders are notified. */
	private List<WriteBatch> dropped = List.of();

	Backlog(SessionState session) {
		this.charge = Charge.inSteps(session);
	}

	/** Charges what is held now, if that differs by enough to count. */
	void settle(long held) {
		this.charge.settle(held);
	}

	/** Charges what is held now, if that differs at all. */
	void settleAll(long held) {
		this.charge.settleAll(held);
	}

	/** Returns what is in front of the newest, or {@code null} if nothing ever was. */
	@Nullable Waiting<WriteBatch> older() {
		return this.older;
	}

	/** Adds a batch to those in front of the newest. */
	void add(WriteBatch batch) {
		if (this.older == null) {
			this.older = new Waiting<>(WriteBatch.OLDER, null);
		}
		this.older.add(batch);
	}

	/** Returns who waits for room, or {@code null} if no limit was ever reached. */
	@Nullable Room<WriteBatch> room() {
		return this.room;
	}

	/** Returns who waits for room, for one more to be added. */
	Room<WriteBatch> makeRoom() {
		Room<WriteBatch> made = this.room;
		if (made == null) {
			made = new Room<>(WriteBatch::bytes, Room.NO_CHECKS);
			this.room = made;
		}
		return made;
	}

	/** One was dropped, whose sender is to be notified. */
	void dropped(WriteBatch batch) {
		if (this.dropped.isEmpty()) {
			this.dropped = new ArrayList<>();
		}
		this.dropped.add(batch);
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

}
