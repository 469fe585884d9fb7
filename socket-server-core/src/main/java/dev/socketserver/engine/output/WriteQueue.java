package dev.socketserver.engine.output;

import java.util.ArrayList;
import java.util.List;

import dev.socketserver.OutboundFullException;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.memory.Exhaustion;
import dev.socketserver.engine.memory.MemoryHolder;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.waiting.BlockedSend;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.engine.waiting.Room;
import dev.socketserver.engine.waiting.Waiting;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.wrapper.DatagramFraming;
import dev.socketserver.spec.OutboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the connection of one session. The writes are encoded into batches, the
 * oldest first. They count against the limits until they have left; so does the batch
 * that the connection has and has not finished. {@link Outbox} decides what is admitted,
 * and {@link SocketWriter} when something leaves. Both ask its {@link #room} who waits
 * for that.
 * <p>
 * Guarded by its monitor, which these two hold while they use it, if not stated
 * otherwise. The batch that the loop has {@linkplain #claim() claimed} is the loop's
 * alone.
 */
final class WriteQueue {

	private final SessionState session;

	private final Bounds<OutboundOverflow> bounds;

	private Framing framing;

	/** The newest batch; absent only while there is none. */
	private @Nullable WriteBatch filling;

	/** Absent until not everything was taken at once. */
	private volatile @Nullable Backlog backlog;

	/**
	 * The newest batch while the loop alone adds to it, without the monitor; others add
	 * after it. Set under the monitor, on the loop.
	 */
	private @Nullable WriteBatch claimed;

	/** Those in {@link #claimed} are not included. */
	private int writes;

	/** Text whose length is assumed counts as assumed. */
	private long bytes;

	WriteQueue(SessionState session, Framing framing, Bounds<OutboundOverflow> bounds) {
		this.session = session;
		this.framing = framing;
		this.bounds = bounds;
	}

	/** What happens to a write for which there is no room. */
	OutboundOverflow policy() {
		return this.bounds.overflow();
	}

	/** What encodes what is added now. */
	Framing framing() {
		return this.framing;
	}

	/** Has another framing encode what is added from now on. */
	void encodeWith(Framing next) {
		this.framing = next;
	}

	/** On other threads than the loop, what the loop has added last may be missing. */
	int writes() {
		WriteBatch own = this.claimed;
		return (own != null) ? this.writes + own.writes() : this.writes;
	}

	/**
	 * Text whose length is assumed counts as assumed. On other threads than the loop,
	 * what the loop has added last may be missing.
	 */
	long bytes() {
		WriteBatch own = this.claimed;
		return (own != null) ? this.bytes + own.bytes() : this.bytes;
	}

	/** Whether nothing waits; the socket may still have something. */
	boolean isEmpty() {
		return this.filling == null;
	}

	/** Whether a limit is reached. */
	boolean isFull() {
		return this.bounds.isFull(writes(), bytes());
	}

	/** Whether one more write of that size is within the limits. */
	boolean fits(int size) {
		return this.bounds.fits(writes(), bytes(), size);
	}

	/** As {@link #fits}; and room that other senders wait for is no room. */
	boolean hasRoom(int size) {
		return fits(size) && !sendersWait();
	}

	/** Whether it would be if everything was dropped that may be. */
	boolean fitsInsteadOfOlder(int size) {
		Waiting<WriteBatch> older = older();
		int droppableWrites = (older != null) ? older.droppable() : 0;
		long droppableBytes = (older != null) ? older.droppableBytes() : 0;
		WriteBatch newest = this.filling;
		if (newest != null && newest.droppable()) {
			droppableWrites += newest.writes();
			droppableBytes += newest.bytes();
		}
		return this.bounds.fits(writes() - droppableWrites, bytes() - droppableBytes, size);
	}

	/** Why a write is refused for which there is no room. */
	OutboundFullException full() {
		return (writes() >= this.bounds.capacity())
				? new OutboundFullException(this.session.id(), "outbound.capacity", this.bounds.capacity())
				: new OutboundFullException(this.session.id(), "outbound.bytes", this.bounds.bytes());
	}

	/**
	 * Adds a write, whatever the limits. One that may be dropped has a batch of its own
	 * until it is about to leave.
	 * @param expectedBytes how much will be gathered with it, probably
	 */
	void encode(Object payload, @Nullable Completion completion, boolean droppable, int expectedBytes) {
		WriteBatch batch = this.filling;
		if (batch != null && batch != this.claimed && !droppable && batch.hasRoomFor(payload, completion)) {
			int before = batch.bytes();
			batch.add(this.framing, payload, completion);
			this.bytes += batch.bytes() - before;
			this.writes++;
		}
		else {
			WriteBatch next = encoded(payload, completion, droppable ? 0 : expectedBytes);
			next.droppable(droppable);
			enqueue(next);
		}
		noteCongestion();
		settle();
	}

	/**
	 * From now on the loop adds to the newest batch without the monitor. On the loop,
	 * which has just added something to that batch.
	 */
	void claim() {
		WriteBatch batch = this.filling;
		if (batch != null) {
			this.claimed = batch;
			uncount(batch);
		}
	}

	/**
	 * Whether the loop has added something in that way which has not left. On the loop.
	 */
	boolean isClaimed() {
		return this.claimed != null;
	}

	/** Ends what {@link #claim()} began. On the loop. */
	void release() {
		WriteBatch batch = this.claimed;
		if (batch != null) {
			this.claimed = null;
			count(batch);
		}
	}

	/**
	 * Adds a write to the claimed batch, whatever the limits. On the loop, without the
	 * monitor. Where another thread has added something after that batch, and the loop
	 * has learned of that by any way, it also sees here that the batch is no longer the
	 * newest: so nothing overtakes what happened before it. Where the write ends is noted
	 * for no tap.
	 * @return {@code false} if there is none, nor room in it, or it is not the newest
	 */
	boolean extend(Object payload) {
		WriteBatch batch = this.claimed;
		if (batch == null || batch != this.filling || !batch.hasRoomFor(payload, null)) {
			return false;
		}
		batch.add(this.framing, payload, null);
		return true;
	}

	/**
	 * Adds an answer as one write, whatever the limits.
	 * @param framed whether it is framed already; else it is the payload of a heartbeat,
	 * which counts as no message
	 * @param mark marks its end, if a tap has to know that
	 */
	void appendAnswer(byte[] bytes, boolean framed, @Nullable Completion mark) {
		WriteBatch batch = new WriteBatch(bytes, 0, this.bounds.apart());
		if (framed) {
			batch.addFramed(bytes, mark);
		}
		else {
			batch.addAnsweringBeat(this.framing, bytes);
		}
		enqueue(batch);
		noteCongestion();
		settle();
	}

	/** Adds a heartbeat, which counts as bytes and as no write. */
	void appendBeat(byte[] payload) {
		WriteBatch batch = new WriteBatch(payload, 0, false);
		batch.addBeat(this.framing, payload);
		enqueue(batch);
	}

	/** Throws an exception if the framing cannot have a payload. */
	void check(Object payload) {
		WriteBatch unused = encoded(payload, null, 0);
	}

	/** Adds the TLS handshake: what is added from now on leaves after it. */
	void appendHandshake(Completion secured) {
		enqueue(WriteBatch.handshake(secured));
	}

	private WriteBatch encoded(Object payload, @Nullable Completion completion, int expectedBytes) {
		boolean datagram = this.bounds.apart();
		WriteBatch batch = new WriteBatch(payload, expectedBytes, datagram);
		batch.add(this.framing, payload, completion);
		if (datagram && batch.bytes() > DatagramFraming.MOST_BYTES) {
			throw DatagramFraming.tooLong(batch.bytes());
		}
		return batch;
	}

	void enqueue(WriteBatch batch) {
		if (this.filling != null) {
			backlog().add(this.filling);
		}
		this.filling = batch;
		count(batch);
	}

	/**
	 * Drops the oldest writes that may be dropped, until the newest would fit, which was
	 * added just now.
	 * @param size the size of the newest, before it was framed
	 * @param why what the senders are refused with
	 * @return how many
	 */
	int dropOldest(int size, Exception why) {
		WriteBatch newest = this.filling;
		int count = 0;
		Backlog made = this.backlog;
		Waiting<WriteBatch> older = older();
		if (newest == null || made == null || older == null) {
			return count;
		}
		while (!this.bounds.fits(writes() - newest.writes(), bytes() - newest.bytes(), size)) {
			WriteBatch batch = older.dropOldest();
			if (batch == null) {
				break;
			}
			if (batch.drop(why)) {
				made.dropped(batch);
			}
			uncount(batch);
			count += batch.writes();
		}
		settle();
		return count;
	}

	/** Whether there are batches that were dropped, whose senders are to be notified. */
	boolean hasDropped() {
		Backlog made = this.backlog;
		return made != null && made.hasDropped();
	}

	/** Returns these in order, for the caller to notify their senders. */
	List<WriteBatch> takeDropped() {
		Backlog made = this.backlog;
		return (made != null) ? made.takeDropped() : List.of();
	}

	/**
	 * Removes a write that has a batch of its own, if it still waits there.
	 * @param completion the completion of the write
	 * @return whether it was removed
	 */
	boolean remove(Completion completion) {
		WriteBatch newest = this.filling;
		WriteBatch found = null;
		Waiting<WriteBatch> older = older();
		if (newest != null && newest.droppable() && newest.isOf(completion)) {
			found = newest;
			this.filling = (older != null) ? older.pollLast() : null;
		}
		else if (older != null) {
			found = older.poll((batch) -> batch.droppable() && batch.isOf(completion));
		}
		if (found != null) {
			uncount(found);
		}
		return found != null;
	}

	/** Whether a write waits, in whatever batch. */
	boolean has(Completion completion) {
		Waiting<WriteBatch> older = older();
		return (this.filling != null && this.filling.has(completion))
				|| (older != null && older.stream().anyMatch((batch) -> batch.has(completion)));
	}

	/** Whether more waits than the newest batch. */
	boolean hasOlder() {
		Waiting<WriteBatch> older = older();
		return older != null && !older.isEmpty();
	}

	/**
	 * Takes the oldest batch, after adding to it those after it for which it has room. It
	 * counts until it has {@link #ended}. If none is added, lengths of texts in it may
	 * still be assumed: the socket measures them while it copies them, without the
	 * monitor. Nothing is claimed afterwards. On the loop.
	 * @param scratch what the sessions of the loop share
	 * @return the batch, or {@code null} if there is none
	 */
	@Nullable WriteBatch next(LoopScratch scratch) {
		release();
		WriteBatch batch = poll();
		if (batch == null) {
			return null;
		}
		for (WriteBatch more = peek(); more != null && !more.isAlone() && joins(batch, more, scratch); more = peek()) {
			poll();
		}
		batch.leaving();
		return batch;
	}

	/**
	 * The batch that {@link #next} returned has left, or never will. On the loop.
	 * @return those who have waited for room, whom the caller notifies
	 */
	List<Runnable> ended(WriteBatch batch) {
		this.writes -= batch.writes();
		this.bytes -= batch.leavingBytes();
		List<Runnable> waiters = roomMade(batch.writes());
		admitSenders();
		return waiters;
	}

	private void count(WriteBatch batch) {
		this.writes += batch.writes();
		this.bytes += batch.bytes();
	}

	private void uncount(WriteBatch batch) {
		this.writes -= batch.writes();
		this.bytes -= batch.bytes();
	}

	/**
	 * Removes everything that waits, since the connection is gone.
	 * @return what was removed, whose end the caller reports
	 */
	List<WriteBatch> removeAll() {
		release();
		List<WriteBatch> removed = new ArrayList<>();
		for (WriteBatch batch = poll(); batch != null; batch = poll()) {
			uncount(batch);
			removed.add(batch);
		}
		settle();
		return removed;
	}

	/**
	 * Adds one batch to another, if there is room and memory for that. Texts that are
	 * measured for it are replies, and so are neither in batches that may be dropped nor
	 * in those of senders that wait.
	 */
	private boolean joins(WriteBatch batch, WriteBatch more, LoopScratch scratch) {
		// First: where there is no memory for it, nothing is uncounted yet.
		Exhaustion.Attempt<RuntimeException> attempt = () -> batch.join(more, scratch);
		uncount(batch);
		uncount(more);
		boolean joined = Exhaustion.attempt(attempt);
		count(batch);
		if (!joined) {
			count(more);
		}
		return joined;
	}

	private @Nullable WriteBatch peek() {
		Waiting<WriteBatch> older = older();
		WriteBatch batch = (older != null) ? older.peek() : null;
		return (batch != null) ? batch : this.filling;
	}

	private @Nullable WriteBatch poll() {
		Waiting<WriteBatch> older = older();
		WriteBatch batch = (older != null) ? older.poll() : null;
		if (batch == null) {
			batch = this.filling;
			this.filling = null;
		}
		if (batch != null) {
			batch.droppable(false);
		}
		return batch;
	}

	// What it has once not everything was taken at once.

	private Backlog backlog() {
		Backlog made = this.backlog;
		if (made == null) {
			made = new Backlog(this.session);
			this.backlog = made;
		}
		return made;
	}

	/** As {@link #backlog()}; absent where there is no memory for it. */
	private @Nullable Backlog backlogIfPossible() {
		return Exhaustion.attempt(() -> backlog() != null) ? this.backlog : null;
	}

	private @Nullable Waiting<WriteBatch> older() {
		Backlog made = this.backlog;
		return (made != null) ? made.older() : null;
	}

	// What is charged to the session. Where there is no memory to note it, a later write
	// is charged with what is missing.

	/** Updates that, if it differs by enough to count. */
	void settle() {
		long held = held();
		if (held >= MemoryHolder.STEP || this.backlog != null) {
			Backlog noting = backlogIfPossible();
			if (noting != null) {
				noting.settle(held);
			}
		}
	}

	/** Updates that, if it differs at all. */
	void settleAll() {
		Backlog noting = backlogIfPossible();
		if (noting != null) {
			noting.settleAll(held());
		}
	}

	private long held() {
		Room<WriteBatch> room = room();
		return bytes() + ((room != null) ? room.bytes() : 0);
	}

	// Whether there is room.

	/**
	 * Who waits for room; {@code null} if no limit was ever reached. Whoever lets go of
	 * senders {@linkplain #settle settles} what they held.
	 */
	@Nullable Room<WriteBatch> room() {
		Backlog made = this.backlog;
		return (made != null) ? made.room() : null;
	}

	/** A limit may have been reached. */
	void noteCongestion() {
		if (isFull()) {
			congested();
		}
	}

	/**
	 * A limit is reached, or a write is refused, which has less room than it needs. So
	 * something waits, and room is made when it leaves. Where there is no memory to note
	 * it, the next write does.
	 */
	void congested() {
		if (!isCongested()) {
			Exhaustion.attempt(() -> {
				backlog().makeRoom().congested(writes());
				return true;
			});
		}
	}

	/** Whether there was no room, and it is not back yet. Any thread. */
	boolean isCongested() {
		Room<WriteBatch> room = room();
		return room != null && room.isCongested();
	}

	/**
	 * There may be enough room again.
	 * @param left how many writes have left
	 * @return those who have waited for that, whom the caller notifies
	 */
	List<Runnable> roomMade(int left) {
		Room<WriteBatch> room = room();
		return (room != null) ? room.roomMade(left, this.bounds.isHalfEmpty(writes(), bytes())) : List.of();
	}

	/**
	 * The limits are others now: there may be room.
	 * @return those who have waited for that, whom the caller notifies
	 */
	List<Runnable> limitsChanged() {
		Room<WriteBatch> room = room();
		return (room != null) ? room.roomMade(0, !isFull()) : List.of();
	}

	/**
	 * Has a sender wait for room, after the others. If there is no memory for that,
	 * nothing has changed.
	 */
	BlockedSend<WriteBatch> awaitRoom(Object payload, Completion completion) {
		WriteBatch batch = encoded(payload, completion, 0);
		// Once it is admitted it waits behind others.
		batch.droppable(completion.isRevocable());
		BlockedSend<WriteBatch> last = backlog().makeRoom().add(batch);
		settle();
		return last;
	}

	/** Whether senders wait for room: no other sender may overtake them. */
	boolean sendersWait() {
		Room<WriteBatch> room = room();
		return room != null && room.hasSenders();
	}

	/** Admits those who wait as far as there is room; returns whether it did. */
	boolean admitSenders() {
		Room<WriteBatch> room = room();
		boolean admitted = room != null && room.hasSenders() && room.admit((batch) -> fits(batch.bytes()), (batch) -> {
			enqueue(batch);
			batch.admitted();
		});
		if (admitted) {
			noteCongestion();
		}
		settle();
		return admitted;
	}

}
