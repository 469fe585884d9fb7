package dev.socketserver.framing;

import java.io.ByteArrayOutputStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The bytes that were received but not divided into frames yet, as a range of an array,
 * and the frame that a decoder has found in them. Used by one thread at a time.
 */
public final class FrameInput {

	private byte[] array = new byte[0];

	private int position;

	private int limit;

	private int frameFrom;

	private int frameStart;

	private int frameEnd;

	/** The bytes to be sent back; {@code null} while there are none. */
	private @Nullable ByteArrayOutputStream replies;

	/**
	 * What was dropped, by reason; {@code null} while it is nothing.
	 */
	private @Nullable Map<DropReason, Integer> dropped;

	private final boolean refusesWrong;

	/** Creates an input without bytes. */
	public FrameInput() {
		this(false);
	}

	FrameInput(boolean refusesWrong) {
		this.refusesWrong = refusesWrong;
	}

	/**
	 * Whether a frame with a wrong checksum is refused, whatever its framing does with it
	 * otherwise: so it is for samples, which have to be right.
	 * @return {@code false} for what is received
	 */
	public boolean refusesWrong() {
		return this.refusesWrong;
	}

	/**
	 * Sets the bytes in which to look for frames.
	 * @param array holds the bytes
	 * @param position the index of the first
	 * @param limit the index after the last
	 * @throws IndexOutOfBoundsException if the array has no such range
	 */
	public void reset(byte[] array, int position, int limit) {
		Objects.checkFromToIndex(position, limit, array.length);
		this.array = array;
		this.position = position;
		this.limit = limit;
		this.frameFrom = -1;
	}

	/**
	 * Returns the array. A decoder may read the bytes between position and limit, and
	 * must not keep the array. It may also change the bytes of a frame that it reports,
	 * since they are read nowhere else.
	 * @return the array
	 */
	public byte[] array() {
		return this.array;
	}

	/**
	 * Returns the index of the first byte of the frame to be found.
	 * @return the index
	 */
	public int position() {
		return this.position;
	}

	/**
	 * Returns the index after the last byte received.
	 * @return the index
	 */
	public int limit() {
		return this.limit;
	}

	/**
	 * Returns the number of bytes from position to limit.
	 * @return the number
	 */
	public int remaining() {
		return this.limit - this.position;
	}

	/**
	 * Reports a frame.
	 * @param start the index of the payload's first byte
	 * @param end the index after the payload's last byte
	 * @param next the index at which the next frame begins
	 * @throws IndexOutOfBoundsException if these are not in order, or not between
	 * position and limit
	 */
	public void frame(int start, int end, int next) {
		if (start < this.position || end < start || next < end || next > this.limit) {
			throw new IndexOutOfBoundsException("Frame " + start + " to " + end + " with the next at " + next
					+ " is not within " + this.position + " to " + this.limit);
		}
		this.frameFrom = this.position;
		this.frameStart = start;
		this.frameEnd = end;
		this.position = next;
	}

	/**
	 * Shortens the payload of the frame that was reported last.
	 * @param end where the payload ends now
	 */
	public void endFrameAt(int end) {
		this.frameEnd = end;
	}

	/**
	 * Drops bytes that belong to no frame. The decoder must continue after them.
	 * @param next the index at which the next frame begins
	 * @throws IndexOutOfBoundsException if it is not between position and limit
	 */
	public void skip(int next) {
		Objects.checkFromToIndex(this.position, next, this.limit);
		this.position = next;
	}

	/**
	 * Counts what a decoder has dropped, or begins to drop. Bytes of which it wants to
	 * get rid are given to {@link #skip} as well. The engine takes the numbers after each
	 * call of a decoder, also if that has thrown.
	 * @param reason why
	 * @param count how many, as the reason counts
	 */
	public void dropped(DropReason reason, int count) {
		if (this.dropped == null) {
			this.dropped = new EnumMap<>(DropReason.class);
		}
		this.dropped.merge(reason, count, Integer::sum);
	}

	/**
	 * Returns and removes what was given to {@link #dropped} since the last call.
	 * @return the numbers, or {@code null} if there are none
	 */
	public @Nullable Map<DropReason, Integer> takeDropped() {
		Map<DropReason, Integer> taken = this.dropped;
		this.dropped = null;
		return taken;
	}

	/**
	 * Sends bytes to the peer as they are, without framing them, as the answer to a frame
	 * that no handler sees. They are sent soon, in no particular order with the output of
	 * the handler.
	 * @param from the index of the first byte, in the array
	 * @param to the index after the last
	 * @throws IndexOutOfBoundsException if there is no such range before the limit
	 */
	public void reply(int from, int to) {
		Objects.checkFromToIndex(from, to, this.limit);
		reply(this.array, from, to - from);
	}

	/**
	 * Sends bytes to the peer, as {@link #reply(int, int)} does.
	 * @param bytes the bytes, which are copied
	 */
	public void reply(byte[] bytes) {
		reply(bytes, 0, bytes.length);
	}

	private void reply(byte[] source, int offset, int length) {
		if (this.replies == null) {
			this.replies = new ByteArrayOutputStream();
		}
		this.replies.write(source, offset, length);
	}

	/**
	 * Returns and removes what was given to {@link #reply} since the last call.
	 * @return the bytes, or {@code null} if there are none
	 */
	public byte @Nullable [] takeReplies() {
		if (this.replies == null) {
			return null;
		}
		byte[] bytes = this.replies.toByteArray();
		this.replies = null;
		return bytes;
	}

	/**
	 * Returns the index of the first byte of the frame that was reported last, which may
	 * be in front of its payload.
	 * @return the index, {@code -1} if none was reported since {@link #reset}
	 */
	public int frameFrom() {
		return this.frameFrom;
	}

	/**
	 * Returns the index of the first byte of the payload that was reported last.
	 * @return the index
	 */
	public int frameStart() {
		return this.frameStart;
	}

	/**
	 * Returns the index after the last byte of the payload that was reported last.
	 * @return the index
	 */
	public int frameEnd() {
		return this.frameEnd;
	}

}
