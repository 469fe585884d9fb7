package dev.socketserver.session;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import dev.socketserver.InboundOverflow;
import dev.socketserver.SessionSpec;

/**
 * The bound on what waits between the I/O thread and the handler of a session: counts
 * frames and bytes, and says when to stop reading and when to go on. The frames
 * themselves travel on the lane, or in a {@link BlockingInput}.
 */
final class Inbox {

	private static final AtomicIntegerFieldUpdater<Inbox> FRAMES = AtomicIntegerFieldUpdater.newUpdater(Inbox.class,
			"frames");

	private static final AtomicLongFieldUpdater<Inbox> BYTES = AtomicLongFieldUpdater.newUpdater(Inbox.class, "bytes");

	private static final AtomicIntegerFieldUpdater<Inbox> HANDLED = AtomicIntegerFieldUpdater.newUpdater(Inbox.class,
			"handled");

	private static final AtomicIntegerFieldUpdater<Inbox> WAITING = AtomicIntegerFieldUpdater.newUpdater(Inbox.class,
			"waiting");

	private static final AtomicLongFieldUpdater<Inbox> CHARGED = AtomicLongFieldUpdater.newUpdater(Inbox.class,
			"charged");

	private final Charge charge;

	private final SessionSpec.Inbound limits;

	private volatile int frames;

	/** Those of the frames that were handled, and are taken with others of their read. */
	private volatile int handled;

	private volatile long bytes;

	/** Those of the bytes that were charged. */
	private volatile long charged;

	/** 1 while the I/O thread has stopped and wants to be told of room. */
	private volatile int waiting;

	Inbox(SessionSpec.Inbound limits, Charge charge) {
		this.charge = charge;
		this.limits = limits;
	}

	/**
	 * Whether frames are dropped where they wait, so that there is always room, and each
	 * is counted there.
	 */
	boolean drops() {
		return this.limits.overflow().drops();
	}

	/**
	 * Whether more waits than may, and that is not to be borne. I/O thread. One frame
	 * alone may be longer than all may be together.
	 */
	boolean overflowed() {
		if (this.limits.overflow() != InboundOverflow.CLOSE) {
			return false;
		}
		int waiting = frames();
		return waiting > this.limits.capacity() || (waiting > 1 && this.bytes > this.limits.bytes());
	}

	/** Returns how many more frames may come in. I/O thread. */
	int frameRoom() {
		if (this.limits.overflow() != InboundOverflow.BLOCK) {
			return Integer.MAX_VALUE;
		}
		return (this.bytes < this.limits.bytes()) ? Math.max(0, this.limits.capacity() - this.frames) : 0;
	}

	/** Returns how many more bytes may come in. I/O thread. */
	long byteRoom() {
		return (this.limits.overflow() != InboundOverflow.BLOCK) ? Long.MAX_VALUE
				: Math.max(0, this.limits.bytes() - this.bytes);
	}

	/** Returns how many frames have not been handled. */
	int frames() {
		// In this order: frames that are taken in between are not counted twice.
		int done = this.handled;
		return Math.max(0, this.frames - done);
	}

	/**
	 * Frames were handled that are taken only with others of their read. Handler's
	 * thread.
	 * @param count how many of that read
	 */
	void handled(int count) {
		HANDLED.lazySet(this, count);
	}

	/** Frames came in. I/O thread. */
	void added(int count, long size) {
		if (drops()) {
			return;
		}
		BYTES.addAndGet(this, size);
		FRAMES.addAndGet(this, count);
		settle();
	}

	/**
	 * Charges what differs. Whoever has made the last change, or sees one that came
	 * later, settles it: what is charged never stays behind.
	 */
	private void settle() {
		long held = this.bytes;
		long before = this.charged;
		while (Charge.differs(held, before)) {
			if (CHARGED.compareAndSet(this, before, held)) {
				this.charge.add(held - before);
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
		// Announced first, looked again afterwards: a handler that took frames before
		// it could see the announcement has left room to see.
		return !(hasRoom() && WAITING.compareAndSet(this, 1, 0));
	}

	/**
	 * Frames were handled. Handler's thread.
	 * @return whether the I/O thread must be told that there is room again
	 */
	boolean taken(int count, long size) {
		BYTES.addAndGet(this, -size);
		FRAMES.addAndGet(this, -count);
		handled(0);
		settle();
		return this.waiting == 1 && hasRoom() && WAITING.compareAndSet(this, 1, 0);
	}

	/** Half empty: resuming for each frame would cost a wake-up for each. */
	private boolean hasRoom() {
		return this.frames <= this.limits.capacity() / 2 && this.bytes <= this.limits.bytes() / 2;
	}

}
