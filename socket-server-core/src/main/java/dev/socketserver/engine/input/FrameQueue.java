package dev.socketserver.engine.input;

import java.util.ArrayDeque;

import dev.socketserver.engine.memory.MemoryHolder;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.spec.InboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * Frames that wait for the handler and may be dropped: they can be taken back, unlike
 * those on the lane. Those of a datagram are admitted together: their number counts when
 * the first of them is added, and their bytes one by one. Safe for use by the I/O thread
 * and the threads of the handler.
 */
public final class FrameQueue {

	private final Bounds<InboundOverflow> bounds;

	private final ArrayDeque<Frame> entries = new ArrayDeque<>();

	/** How many bytes all frames have, also those taken. */
	private long bytes;

	/**
	 * How many frames were taken and are not handled yet, and how many bytes these have.
	 */
	private int taken;

	private long takenBytes;

	private final SessionState session;

	/** How many of the bytes were charged to the session. */
	private long charged;

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

	public FrameQueue(Bounds<InboundOverflow> bounds, SessionState session) {
		this.session = session;
		this.bounds = bounds;
	}

	/**
	 * Adds a frame, dropping it or others if there is no room.
	 * @param payload the payload
	 * @param size how many bytes it had
	 * @return how many frames were dropped
	 */
	public synchronized int add(Object payload, int size) {
		int from = this.session.connection().datagram();
		if (from != 0 && from == -this.datagram) {
			return 1;
		}
		boolean follows = from != 0 && from == this.datagram;
		this.datagram = from;
		int dropped = 0;
		while (!hasRoom(size, follows)) {
			dropped++;
			boolean newest = this.bounds.overflow() == InboundOverflow.DROP_NEWEST;
			if (newest || !fits(this.taken, this.takenBytes, size, follows)) {
				int kept = newest ? this.entries.size() + this.taken : this.taken;
				this.datagram = (!follows && kept >= this.bounds.capacity()) ? -from : from;
				return dropped;
			}
			this.bytes -= this.entries.remove().bytes();
		}
		this.entries.add(new Frame(payload, size));
		this.bytes += size;
		settle();
		return dropped;
	}

	private void settle() {
		if (MemoryHolder.differs(this.bytes, this.charged)) {
			this.session.charge(this.bytes - this.charged);
			this.charged = this.bytes;
		}
	}

	/**
	 * Whether a frame has room. One that is longer than the limit has, if no other waits.
	 */
	private boolean hasRoom(int size, boolean follows) {
		return fits(this.entries.size() + this.taken, this.bytes, size, follows);
	}

	private boolean fits(int frames, long waiting, int size, boolean follows) {
		return follows ? this.bounds.fitsBytes(frames, waiting, size) : this.bounds.fits(frames, waiting, size);
	}

	/**
	 * Whether the taker has to be notified that there are frames.
	 * @return {@code true} once after each time that the last was taken
	 */
	public synchronized boolean mustAnnounce() {
		if (this.announced || this.entries.isEmpty()) {
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
	 * Takes the oldest frame, which does not count any more.
	 * @return its payload, or {@code null} if there is none
	 */
	public synchronized @Nullable Object poll() {
		Frame frame = remove();
		if (frame == null) {
			return null;
		}
		this.bytes -= frame.bytes();
		settle();
		return frame.payload();
	}

	/**
	 * Takes the oldest frame, which counts until it is {@linkplain #handled handled}, and
	 * cannot be dropped any more.
	 * @return the frame, or {@code null} if there is none
	 */
	public synchronized @Nullable Frame take() {
		Frame frame = remove();
		if (frame == null) {
			return null;
		}
		this.taken++;
		this.takenBytes += frame.bytes();
		return frame;
	}

	private @Nullable Frame remove() {
		Frame frame = this.entries.poll();
		this.announced &= !this.entries.isEmpty();
		return frame;
	}

	/**
	 * Frames that were taken are handled.
	 * @param count how many
	 * @param size how many bytes they had
	 */
	public synchronized void handled(int count, long size) {
		this.taken -= count;
		this.takenBytes -= size;
		this.bytes -= size;
		settle();
	}

	public synchronized int size() {
		return this.entries.size();
	}

	/**
	 * A frame.
	 *
	 * @param payload the payload
	 * @param bytes how many bytes it had
	 */
	public record Frame(Object payload, int bytes) {

	}

}
