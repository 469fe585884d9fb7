package dev.socketserver.engine.input;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import dev.socketserver.SessionSpec.InboundOverflow;
import dev.socketserver.engine.memory.MemoryHolder;
import dev.socketserver.engine.state.Bounds;

/**
 * Counts the frames and bytes that wait between the I/O thread and the handler of one
 * session, and says when to stop reading and when to go on. The frames themselves are on
 * the lane, or in a {@code BlockingInput}.
 */
public final class Inbox {

	private static final AtomicIntegerFieldUpdater<Inbox> FRAMES = AtomicIntegerFieldUpdater.newUpdater(Inbox.class,
			"frames");

	private static final AtomicLongFieldUpdater<Inbox> BYTES = AtomicLongFieldUpdater.newUpdater(Inbox.class, "bytes");

	private static final AtomicIntegerFieldUpdater<Inbox> HANDLED = AtomicIntegerFieldUpdater.newUpdater(Inbox.class,
			"handled");

	private static final AtomicIntegerFieldUpdater<Inbox> WAITING = AtomicIntegerFieldUpdater.newUpdater(Inbox.class,
			"waiting");

	private static final AtomicLongFieldUpdater<Inbox> CHARGED = AtomicLongFieldUpdater.newUpdater(Inbox.class,
			"charged");

	private final MemoryHolder holder;

	private final Bounds<InboundOverflow> bounds;

	private volatile int frames;

	/**
	 * How many of the frames have been handled; they are taken off only together with the
	 * others of their read.
	 */
	private volatile int handled;

	private volatile long bytes;

	/** How many of the bytes were charged to the session. */
	private volatile long charged;

	/**
	 * 1 while the I/O thread has stopped reading, and is to be notified when there is
	 * room.
	 */
	private volatile int waiting;

	public Inbox(Bounds<InboundOverflow> bounds, MemoryHolder holder) {
		this.holder = holder;
		this.bounds = bounds;
	}

	/**
	 * Whether the policy drops frames: then a {@link FrameQueue} counts them, and this
	 * always has room.
	 */
	boolean drops() {
		return this.bounds.overflow().drops();
	}

	/**
	 * Whether more waits than may, and the policy is to close the session for that. I/O
	 * thread. A single frame may be longer than the limit.
	 */
	boolean overflowed() {
		if (this.bounds.overflow() != InboundOverflow.CLOSE) {
			return false;
		}
		return this.bounds.isExceeded(frames(), this.bytes);
	}

	/** Returns how many more frames may come in. I/O thread. */
	int frameRoom() {
		if (this.bounds.overflow() != InboundOverflow.BLOCK) {
			return Integer.MAX_VALUE;
		}
		return this.bounds.room(this.frames, this.bytes);
	}

	/** Returns how many more bytes may come in. I/O thread. */
	long byteRoom() {
		return (this.bounds.overflow() != InboundOverflow.BLOCK) ? Long.MAX_VALUE : this.bounds.byteRoom(this.bytes);
	}

	/**
	 * Returns how many bytes may come in beyond the room while replies are expected:
	 * about as many as there is room for. I/O thread.
	 */
	long extraRoom() {
		boolean bounded = this.bounds.overflow() == InboundOverflow.BLOCK
				&& this.frames < this.bounds.capacity() + this.bounds.bytes();
		return bounded ? Math.max(0, 2L * this.bounds.bytes() - this.bytes) : 0;
	}

	/** Returns how many frames have not been handled. */
	public int frames() {
		// Read in this order, so that frames that are taken off in between are not
		// counted twice.
		int done = this.handled;
		return Math.max(0, this.frames - done);
	}

	/**
	 * Some frames of a read were handled; they are taken off when all of it are.
	 * Handler's thread.
	 * @param count how many of that read
	 */
	public void handled(int count) {
		HANDLED.lazySet(this, count);
	}

	/** Frames came in. I/O thread. */
	public void added(int count, long size) {
		if (drops()) {
			return;
		}
		BYTES.addAndGet(this, size);
		FRAMES.addAndGet(this, count);
		settle();
	}

	/**
	 * Updates what is charged to the session. Several threads may come here: the one that
	 * made the last change, or one that sees it, charges it, so that none is forgotten.
	 */
	private void settle() {
		long held = this.bytes;
		long before = this.charged;
		while (MemoryHolder.differs(held, before)) {
			if (CHARGED.compareAndSet(this, before, held)) {
				this.holder.charge(held - before);
			}
			held = this.bytes;
			before = this.charged;
		}
	}

	/**
	 * Announces that the I/O thread stops reading. I/O thread.
	 * @return {@code false} if room came about in the meantime: go on instead
	 */
	boolean stop() {
		this.waiting = 1;
		// First the announcement, then another check: a handler that took frames before
		// it
		// could see the announcement has made room that is seen here.
		return !(hasRoom() && WAITING.compareAndSet(this, 1, 0));
	}

	/**
	 * Frames were handled. Handler's thread.
	 * @return whether the I/O thread must be notified that there is room again
	 */
	public boolean taken(int count, long size) {
		BYTES.addAndGet(this, -size);
		FRAMES.addAndGet(this, -count);
		handled(0);
		settle();
		return this.waiting == 1 && hasRoom() && WAITING.compareAndSet(this, 1, 0);
	}

	private boolean hasRoom() {
		return this.bounds.isHalfEmpty(this.frames, this.bytes);
	}

}
