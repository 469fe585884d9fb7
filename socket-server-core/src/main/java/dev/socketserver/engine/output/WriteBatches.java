package dev.socketserver.engine.output;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import dev.socketserver.SessionSpec;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.HeartbeatFraming;
import dev.socketserver.framing.PlainFraming;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one session that wait for the socket, encoded into chunks, the oldest
 * first. They count against the limits until they have left; so does the chunk that the
 * socket has taken up and not finished.
 * <p>
 * Guarded by the monitor of its {@link Outbox}, which decides what is added and when
 * something leaves. The chunk that the loop has {@linkplain #claim() claimed} is the
 * loop's alone.
 */
final class WriteBatches {

	/** The most that is reserved because the last chunk was as large. */
	private static final int MOST_EXPECTED = 16 * 1024;

	private final Outbox outbox;

	private Framing framing;

	private final SessionSpec.Outbound limits;

	/** The newest chunk; absent only while there is none. */
	private @Nullable WriteBatch filling;

	/** Chunks in front of the one being filled; absent while there were none yet. */
	private @Nullable ArrayDeque<WriteBatch> full;

	/**
	 * The newest chunk while the loop alone adds to it, without the monitor; others add
	 * behind it. Set under the monitor, on the loop.
	 */
	private @Nullable WriteBatch claimed;

	/** Those in {@link #claimed} are not included. */
	private int writes;

	/** Text whose length is assumed counts as assumed. */
	private long bytes;

	/**
	 * The chunk that the socket has, and how many bytes of it count: what the socket
	 * measures counts as assumed until {@link #measureAll}.
	 */
	private @Nullable WriteBatch leaving;

	private int leavingBytes;

	/** Those of the writes that may still be dropped, and their bytes. */
	private int droppableWrites;

	private long droppableBytes;

	/**
	 * How many bytes the last chunk had: where replies come in batches, the next will be
	 * about as large, and need not grow to it.
	 */
	private int gatheredBefore;

	WriteBatches(Outbox outbox, Framing framing, SessionSpec.Outbound limits) {
		this.outbox = outbox;
		this.framing = framing;
		this.limits = limits;
	}

	/** Has another framing encode what is added from now on. */
	void framing(Framing next) {
		this.framing = next;
	}

	/**
	 * Whether the framing can frame a text of which only the number of characters is
	 * known.
	 */
	boolean mayAssume() {
		PlainFraming plain = PlainFraming.of(this.framing);
		return plain != null && !plain.needsLength();
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
		return writes() >= this.limits.capacity() || bytes() >= this.limits.bytes();
	}

	/** Whether at most half of each limit is used. */
	boolean isHalfEmpty() {
		return writes() <= this.limits.capacity() / 2 && bytes() <= this.limits.bytes() / 2;
	}

	/** Whether one more write of that size is within the limits. */
	boolean fits(int size) {
		return fits(writes(), bytes(), size);
	}

	/** Whether it would be if everything was dropped that may be. */
	boolean fitsInsteadOfOlder(int size) {
		return fits(writes() - this.droppableWrites, bytes() - this.droppableBytes, size);
	}

	private boolean fits(int otherWrites, long otherBytes, int size) {
		return otherWrites < this.limits.capacity() && (otherWrites == 0 || otherBytes + size <= this.limits.bytes());
	}

	/**
	 * Adds a write, whatever the limits. One that may be dropped has a chunk of its own
	 * until it is about to leave.
	 */
	void append(Object payload, @Nullable Completion completion, boolean droppable) {
		WriteBatch chunk = this.filling;
		if (chunk != null && chunk != this.claimed && !droppable && chunk.takes(payload, completion)) {
			int before = chunk.bytes();
			chunk.add(this.framing, payload, completion);
			this.bytes += chunk.bytes() - before;
			this.writes++;
		}
		else {
			WriteBatch next = encoded(payload, completion, droppable ? 0 : this.gatheredBefore);
			next.droppable(droppable);
			enqueue(next);
		}
	}

	/**
	 * From now on the loop adds to the newest chunk without the monitor. On the loop,
	 * which has just added something to that chunk.
	 */
	void claim() {
		WriteBatch chunk = this.filling;
		if (chunk != null) {
			this.claimed = chunk;
			this.writes -= chunk.writes();
			this.bytes -= chunk.bytes();
		}
	}

	/** Ends what {@link #claim()} began. On the loop. */
	void release() {
		WriteBatch chunk = this.claimed;
		if (chunk != null) {
			this.claimed = null;
			this.writes += chunk.writes();
			this.bytes += chunk.bytes();
		}
	}

	/**
	 * Adds a write to the claimed chunk, whatever the limits. On the loop, without the
	 * monitor. Where another thread has added something behind that chunk, and the loop
	 * has learned of that by any way, it also sees here that the chunk is no longer the
	 * newest: so nothing overtakes what happened before it.
	 * @return {@code false} if there is none, nor room in it, or it is not the newest
	 */
	boolean extend(Object payload) {
		WriteBatch chunk = this.claimed;
		if (chunk == null || chunk != this.filling || !chunk.takes(payload, null)) {
			return false;
		}
		chunk.add(this.framing, payload, null);
		return true;
	}

	/** Adds bytes that are framed already, as one write, whatever the limits. */
	void appendFramed(byte[] frames) {
		WriteBatch chunk = new WriteBatch(this.outbox, frames, 0);
		chunk.addFramed(frames);
		enqueue(chunk);
	}

	/** Adds a heartbeat, which counts as bytes and as no write. */
	void appendBeat() {
		WriteBatch chunk = new WriteBatch(this.outbox, HeartbeatFraming.BEAT, 0);
		chunk.addBeat(this.framing);
		enqueue(chunk);
	}

	/**
	 * Makes a chunk of a write, without adding it. If there is no memory for that,
	 * nothing has changed.
	 */
	WriteBatch encoded(Object payload, @Nullable Completion completion) {
		return encoded(payload, completion, 0);
	}

	private WriteBatch encoded(Object payload, @Nullable Completion completion, int expectedBytes) {
		WriteBatch chunk = new WriteBatch(this.outbox, payload, expectedBytes);
		chunk.add(this.framing, payload, completion);
		return chunk;
	}

	void enqueue(WriteBatch chunk) {
		if (this.filling != null) {
			if (this.full == null) {
				this.full = new ArrayDeque<>();
			}
			this.full.add(this.filling);
		}
		this.filling = chunk;
		this.writes += chunk.writes();
		this.bytes += chunk.bytes();
		if (chunk.droppable()) {
			this.droppableWrites += chunk.writes();
			this.droppableBytes += chunk.bytes();
		}
	}

	/**
	 * Removes the oldest writes that may be dropped, until the newest would fit, which
	 * was added just now.
	 * @param size the size of the newest, before it was framed
	 * @return what was removed, which the caller drops
	 */
	List<WriteBatch> removeOldest(int size) {
		WriteBatch newest = this.filling;
		if (newest == null || this.full == null) {
			return List.of();
		}
		List<WriteBatch> removed = new ArrayList<>();
		Iterator<WriteBatch> oldest = this.full.iterator();
		while (oldest.hasNext() && !fits(writes() - newest.writes(), bytes() - newest.bytes(), size)) {
			WriteBatch chunk = oldest.next();
			if (chunk.droppable()) {
				oldest.remove();
				notDroppable(chunk);
				gone(chunk);
				removed.add(chunk);
			}
		}
		return removed;
	}

	/**
	 * Takes the oldest chunk, after adding to it those behind it for which it has room.
	 * It counts until it has {@link #ended}. If none is added, lengths of texts in it may
	 * still be assumed: the socket measures them while it copies them, without the
	 * monitor. Nothing is claimed afterwards. On the loop.
	 * @param scratch what the sessions of the loop share
	 * @return the chunk, or {@code null} if there is none
	 */
	@Nullable WriteBatch next(LoopScratch scratch) {
		release();
		WriteBatch chunk = poll();
		if (chunk == null) {
			return null;
		}
		for (WriteBatch more = peek(); more != null && joins(chunk, more, scratch); more = peek()) {
			poll();
		}
		this.gatheredBefore = Math.min(chunk.output().gathered(), MOST_EXPECTED);
		this.leaving = chunk;
		this.leavingBytes = chunk.bytes();
		return chunk;
	}

	/** The chunk that {@link #next} returned has left, or never will. On the loop. */
	void ended(WriteBatch chunk) {
		this.writes -= chunk.writes();
		this.bytes -= this.leavingBytes;
		this.leaving = null;
	}

	private void gone(WriteBatch chunk) {
		this.writes -= chunk.writes();
		this.bytes -= chunk.bytes();
	}

	/**
	 * Removes everything that waits.
	 * @return what was removed, whose end the caller tells
	 */
	List<WriteBatch> removeAll() {
		release();
		List<WriteBatch> removed = new ArrayList<>();
		for (WriteBatch chunk = poll(); chunk != null; chunk = poll()) {
			gone(chunk);
			removed.add(chunk);
		}
		return removed;
	}

	/**
	 * Measures texts whose length is assumed. They are replies, and so are neither in
	 * chunks that may be dropped nor in those of senders that wait.
	 */
	private void measure(WriteBatch chunk, LoopScratch scratch) {
		if (!chunk.output().assumes()) {
			return;
		}
		int before = chunk.bytes();
		try {
			chunk.output().measure(scratch);
		}
		finally {
			this.bytes += chunk.bytes() - before;
		}
	}

	/**
	 * Measures all texts whose length is assumed, since they are going to wait, or will
	 * never leave, and counts what the socket has measured. On the loop. Nothing is
	 * claimed afterwards.
	 */
	void measureAll(LoopScratch scratch) {
		release();
		if (this.leaving != null) {
			this.bytes += this.leaving.bytes() - this.leavingBytes;
			this.leavingBytes = this.leaving.bytes();
		}
		if (this.full != null) {
			this.full.forEach((chunk) -> measure(chunk, scratch));
		}
		if (this.filling != null) {
			measure(this.filling, scratch);
		}
	}

	/** Adds one chunk to another, if there is room for it, and memory. */
	private boolean joins(WriteBatch chunk, WriteBatch more, LoopScratch scratch) {
		try {
			// Where the bytes of a write end depends on all those before it.
			measure(chunk, scratch);
			if (!chunk.hasRoom(more.bytes())) {
				return false;
			}
			measure(more, scratch);
		}
		catch (OutOfMemoryError ex) {
			return false;
		}
		return chunk.hasRoom(more.bytes()) && chunk.join(more);
	}

	private @Nullable WriteBatch peek() {
		WriteBatch chunk = (this.full != null) ? this.full.peek() : null;
		return (chunk != null) ? chunk : this.filling;
	}

	private @Nullable WriteBatch poll() {
		WriteBatch chunk = (this.full != null) ? this.full.poll() : null;
		if (chunk == null) {
			chunk = this.filling;
			this.filling = null;
		}
		if (chunk != null) {
			notDroppable(chunk);
			chunk.droppable(false);
		}
		return chunk;
	}

	private void notDroppable(WriteBatch chunk) {
		if (chunk.droppable()) {
			this.droppableWrites -= chunk.writes();
			this.droppableBytes -= chunk.bytes();
		}
	}

}
