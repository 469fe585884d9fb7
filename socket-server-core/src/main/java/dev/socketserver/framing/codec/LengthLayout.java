package dev.socketserver.framing.codec;

import dev.socketserver.framing.bytes.LengthCodec;

/**
 * Where the length is in a frame, and what it counts.
 *
 * <pre>
 * |&lt;--- offset ---&gt;|&lt;- width -&gt;|
 * +----------------+-----------+--------------------+-------+
 * | in front       | length    | counted            | after |
 * +----------------+-----------+--------------------+-------+
 * |&lt;------- header ------------&gt;|           … tail is at the end
 * |&lt;---- value + header + adjust -------------&gt;|&lt;--- after -&gt;|
 * </pre>
 *
 * @param codec reads and writes the length
 * @param offset how many bytes are in front of it
 * @param adjust what is added to value and header to get the length of the frame
 * @param strip how many bytes at the start are not in the payload; negative for all up to
 * the end of the length, which is then at offset 0
 * @param after how many bytes at the end the value does not count
 * @param tail the bytes that must end the frame
 */
public record LengthLayout(LengthCodec codec, int offset, int adjust, int strip, int after, byte[] tail) {

	/** Longer than any frame, and small enough for sums not to overflow. */
	static final long HUGE = 1L << 40;

	/** Whether a payload has the length in it. */
	public boolean lengthInPayload() {
		return this.strip >= 0 && this.strip <= this.offset;
	}

	/** Returns how many bytes at the start of a frame are not in the payload. */
	int stripped(int width) {
		return (this.strip < 0) ? width : this.strip;
	}

	/**
	 * Returns how many bytes the payload of the shortest frame has.
	 * @param end how many bytes at the end are not in the payload
	 * @param withEmpty whether empty frames count
	 */
	long shortestBytes(int end, boolean withEmpty) {
		int width = this.codec.narrowest();
		long header = (long) this.offset + width;
		long least = Math.max(emptyBytes(header), stripped(width) + end);
		long value = Math.max(0, least - frameBytes(0, header));
		while (!withEmpty && isEmpty(value, frameBytes(value, header), header)) {
			value++;
		}
		return (value <= this.codec.most()) ? frameBytes(value, header) - stripped(width) - end : Long.MAX_VALUE;
	}

	/** Whether the longest frame has so many bytes. */
	public boolean canHave(long bytes) {
		long header = (long) this.offset + this.codec.widest();
		return Math.min(this.codec.most(), HUGE) + header + this.adjust + this.after >= bytes;
	}

	/** Returns how many bytes a frame has. */
	long frameBytes(long value, long header) {
		return Math.min(value, HUGE) + header + this.adjust + this.after;
	}

	/**
	 * Returns how many bytes a frame has at least, with nothing between header and end.
	 */
	long emptyBytes(long header) {
		return header + Math.max(this.after, this.tail.length);
	}

	/**
	 * Whether a frame has nothing after the length field, except for the bytes that end
	 * every frame.
	 */
	boolean isEmpty(long value, long frameBytes, long header) {
		return value == 0 || frameBytes == header + this.tail.length || frameBytes == header + this.after;
	}

	/**
	 * Returns the value for a number of bytes after the length field.
	 * @throws IllegalArgumentException if no frame is that short
	 */
	long value(int bytes) {
		long counted = (long) bytes + this.tail.length - this.after;
		long value = counted - this.adjust;
		// If the length counts itself, the value might look valid although too little
		// follows.
		if (counted < 0 || value < 0) {
			throw new IllegalArgumentException(
					"a payload of " + bytes + " bytes behind the length is shorter than any frame");
		}
		return value;
	}

}
