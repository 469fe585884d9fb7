package dev.socketserver.engine.input;

import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.engine.waiting.Charge;
import dev.socketserver.engine.waiting.Overflow;
import dev.socketserver.engine.waiting.Waiting;
import dev.socketserver.spec.InboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * Frames that wait for the handler elsewhere than on the lane. They can be taken back:
 * those that may be dropped wait here. Those of a datagram are admitted together: their
 * number counts when the first of them is added, and their bytes one by one. Safe for use
 * by the I/O thread and the threads of the handler.
 */
public final class FrameQueue {

	private final Bounds<InboundOverflow> bounds;

	private final SessionState session;

	private final Waiting<WaitingFrame> frames;

	/**
	 * The thread that takes frames was notified that there are some, and has not taken
	 * the last of them since then. Also read without the monitor.
	 */
	private boolean announced;

	/**
	 * The datagram whose frame was added last; negative if there was no room for any of
	 * its frames.
	 */
	private int datagram;

	/**
	 * Creates a queue.
	 * @param bounds how much may wait, and what happens to more; where none are dropped,
	 * the {@link InputRoom} counts and charges frames
	 * @param session is charged for what waits
	 */
	public FrameQueue(Bounds<InboundOverflow> bounds, SessionState session) {
		this.bounds = bounds;
		this.session = session;
		this.frames = new Waiting<>(WaitingFrame::bytes, bounds.overflow().drops() ? Charge.inSteps(session) : null);
	}

	/**
	 * Adds a frame, dropping it or others if there is no room.
	 * @param payload the payload
	 * @param size how many bytes it had
	 * @return how many messages were dropped
	 */
	public int add(Object payload, int size) {
		return add(new WaitingFrame(payload, size));
	}

	/**
	 * Adds a frame, dropping it or others if there is no room.
	 * @param frame the frame
	 * @return how many messages were dropped
	 */
	public synchronized int add(WaitingFrame frame) {
		int from = this.session.connection().datagram();
		if (from != 0 && from == -this.datagram) {
			return messages(frame);
		}
		// A bad frame is no part of what its sender means: many may be in one datagram.
		boolean follows = from != 0 && from == this.datagram && frame.isMessage();
		this.datagram = from;
		Overflow decision = Overflow.decide(this.bounds.overflow(), fits(frame, follows, 0, 0));
		boolean replaces = decision == Overflow.REPLACE;
		int droppable = replaces ? this.frames.droppable() : 0;
		if (decision == Overflow.DROP || (replaces && !fits(frame, follows, droppable, this.frames.droppableBytes()))) {
			boolean full = this.frames.count() - droppable >= this.bounds.capacity();
			this.datagram = (!follows && full) ? -from : from;
			return messages(frame);
		}
		int dropped = 0;
		while (replaces && !fits(frame, follows, 0, 0)) {
			dropped += messages(this.frames.dropOldest());
		}
		this.frames.add(frame);
		return dropped;
	}

	/** Returns how many messages a frame is that is dropped. */
	private static int messages(@Nullable WaitingFrame dropped) {
		return (dropped != null && dropped.isMessage()) ? 1 : 0;
	}

	/**
	 * Whether a frame has room, without some of those that wait. One that is longer than
	 * the limit has, if no other waits.
	 */
	private boolean fits(WaitingFrame frame, boolean follows, int without, long withoutBytes) {
		int count = this.frames.count() - without;
		long bytes = this.frames.bytes() - withoutBytes;
		return follows ? this.bounds.fitsBytes(count, bytes, frame.bytes())
				: this.bounds.fits(count, bytes, frame.bytes());
	}

	/**
	 * Whether the taker has to be notified that there are frames.
	 * @return {@code true} once after each time that the last was taken
	 */
	public synchronized boolean mustAnnounce() {
		if (this.announced || this.frames.isEmpty()) {
			return false;
		}
		this.announced = true;
		return true;
	}

	/**
	 * Whether the taker has to look for more. Its thread; if a frame is added just now,
	 * either answer is right.
	 * @return {@code false} if it will be notified before there are any
	 */
	public boolean isAnnounced() {
		return this.announced;
	}

	/**
	 * Returns the oldest frame, which stays.
	 * @return the frame, or {@code null} if there is none
	 */
	public synchronized @Nullable WaitingFrame peek() {
		return this.frames.peek();
	}

	/**
	 * Takes the oldest frame, which does not count any more.
	 * @return the frame, or {@code null} if there is none
	 */
	public synchronized @Nullable WaitingFrame poll() {
		return taken(this.frames.poll());
	}

	/**
	 * Takes the oldest frame, which counts until it is {@linkplain #handled handled}, and
	 * cannot be dropped any more.
	 * @return the frame, or {@code null} if there is none
	 */
	public synchronized @Nullable WaitingFrame take() {
		return taken(this.frames.take());
	}

	private @Nullable WaitingFrame taken(@Nullable WaitingFrame frame) {
		this.announced &= !this.frames.isEmpty();
		return frame;
	}

	/**
	 * Frames that were taken are handled.
	 * @param count how many
	 * @param size how many bytes they had
	 */
	public synchronized void handled(int count, long size) {
		this.frames.done(count, size);
	}

	public synchronized int size() {
		return this.frames.size();
	}

}
