package dev.socketserver.framing.checksum;

import org.jspecify.annotations.Nullable;

/**
 * Where a checksum is in a frame, and what it covers. Negative positions count from the
 * end.
 *
 * <pre>
 * |&lt;-- front --&gt;|&lt;------------- payload -------------&gt;|
 * +--------------+----------------+----------+---------+
 * | stripped     | covered        | checksum | …       |
 * +--------------+----------------+----------+---------+
 *                | from           | to, at
 * </pre>
 *
 * @param at position of the checksum in the payload
 * @param from position in the frame of the first byte that it covers; {@code null} for
 * the first of the payload
 * @param to position in the frame after the last byte that it covers; {@code null} for
 * that of the checksum, or for the end of the frame if {@code from} is behind it
 */
public record ChecksumPlace(int at, @Nullable Integer from, @Nullable Integer to) {

	/** No frame is that long. */
	private static final int MOST = 1 << 24;

	/**
	 * Whether a frame has a place for the checksum, and for all that it covers.
	 * @param front how many bytes were stripped in front of the payload
	 * @param length how many bytes the payload has
	 * @param end how many bytes are between the payload and the checksum behind it, and
	 * were stripped
	 * @param width how many bytes the checksum has
	 * @return {@code false} if the frame is too short for it, or covers itself
	 */
	public boolean fits(int front, int length, int end, int width) {
		int index = index(length);
		if (index < 0 || index + width > length) {
			return false;
		}
		int sum = front + index + end;
		int first = first(front, length, end);
		int last = last(front, length, end, width);
		return first >= 0 && first <= last && last <= front + length + end && (last <= sum || first >= sum + width);
	}

	/**
	 * Returns where the checksum is in a payload that it {@linkplain #fits fits}.
	 * @param length how many bytes the payload has
	 * @return the index of its first byte
	 */
	public int index(int length) {
		return position(this.at, length);
	}

	/**
	 * Returns where what it covers begins.
	 * @param front as {@link #fits}
	 * @param length as {@link #fits}
	 * @param end as {@link #fits}
	 * @return the index in the frame of the first byte
	 */
	public int first(int front, int length, int end) {
		return (this.from != null) ? position(this.from, front + length + end) : front;
	}

	/**
	 * Returns where what it covers ends.
	 * @param front as {@link #fits}
	 * @param length as {@link #fits}
	 * @param end as {@link #fits}
	 * @param width as {@link #fits}
	 * @return the index in the frame after the last byte
	 */
	public int last(int front, int length, int end, int width) {
		int frame = front + length + end;
		if (this.to != null) {
			return position(this.to, frame);
		}
		int sum = front + index(length) + end;
		return (first(front, length, end) >= sum + width) ? frame : sum;
	}

	private static int position(int position, int length) {
		return (position >= 0) ? position : length + position;
	}

	/**
	 * Whether there is a frame in which the checksum has this place and covers anything.
	 * @param front how many bytes are stripped in front of a payload
	 * @param size how many bytes each payload has; negative if there are any sizes
	 * @param end as {@link #fits}
	 * @param width as {@link #fits}
	 * @return {@code false} if the place is impossible
	 */
	public boolean isPossible(int front, int size, int end, int width) {
		if (size >= 0) {
			return covers(front, size, end, width);
		}
		long most = (long) front + end + width + Math.abs((long) this.at) + Math.abs(value(this.from))
				+ Math.abs(value(this.to)) + 1;
		for (int length = 0; length <= Math.min(most, MOST); length++) {
			if (covers(front, length, end, width)) {
				return true;
			}
		}
		return false;
	}

	private static long value(@Nullable Integer position) {
		return (position != null) ? position : 0;
	}

	private boolean covers(int front, int length, int end, int width) {
		return fits(front, length, end, width) && last(front, length, end, width) > first(front, length, end);
	}

}
