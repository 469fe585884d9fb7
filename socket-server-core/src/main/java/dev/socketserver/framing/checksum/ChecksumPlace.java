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
	 * Finds the place in a frame.
	 * @param front how many bytes were stripped in front of the payload
	 * @param length how many bytes the payload has
	 * @param end how many bytes are between the payload and the checksum behind it, and
	 * were stripped
	 * @param width how many bytes the checksum has
	 * @return the place; {@code null} if the frame is too short for it, or covers itself
	 */
	public @Nullable Span in(int front, int length, int end, int width) {
		int index = position(this.at, length);
		if (index < 0 || index + width > length) {
			return null;
		}
		int frame = front + length + end;
		int sum = front + index + end;
		int first = (this.from != null) ? position(this.from, frame) : front;
		int last = (this.to != null) ? position(this.to, frame) : (first >= sum + width) ? frame : sum;
		boolean possible = first >= 0 && first <= last && last <= frame && (last <= sum || first >= sum + width);
		return possible ? new Span(index, first, last) : null;
	}

	private static int position(int position, int length) {
		return (position >= 0) ? position : length + position;
	}

	/**
	 * Whether there is a frame in which the checksum has this place and covers anything.
	 * @param front how many bytes are stripped in front of a payload
	 * @param size how many bytes each payload has; negative if there are any sizes
	 * @param end as {@link #in}
	 * @param width as {@link #in}
	 * @return {@code false} if the place is impossible
	 */
	public boolean isPossible(int front, int size, int end, int width) {
		if (size >= 0) {
			return covers(in(front, size, end, width));
		}
		long most = (long) front + end + width + Math.abs((long) this.at) + Math.abs(value(this.from))
				+ Math.abs(value(this.to)) + 1;
		for (int length = 0; length <= Math.min(most, MOST); length++) {
			if (covers(in(front, length, end, width))) {
				return true;
			}
		}
		return false;
	}

	private static long value(@Nullable Integer position) {
		return (position != null) ? position : 0;
	}

	private static boolean covers(@Nullable Span span) {
		return span != null && span.to > span.from;
	}

	/**
	 * The place in one frame.
	 *
	 * @param at index of the checksum in the payload
	 * @param from index in the frame of the first byte that it covers
	 * @param to index in the frame after the last
	 */
	public record Span(int at, int from, int to) {

	}

}
