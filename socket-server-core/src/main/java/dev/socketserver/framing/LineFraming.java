package dev.socketserver.framing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Lines of text. LF and CRLF both end a line and are not part of it; an empty line is a
 * frame, and so is an unterminated last line, without the CR of a line end that was cut
 * in two. What is sent gets an LF.
 *
 * <pre>
 * BEFORE DECODE                        AFTER DECODE
 * +-------+------+------+------+      +-------+------+
 * | "one" | 0D0A | "b"  |  0A  |  →   | "one" | "b"  |
 * +-------+------+------+------+      +-------+------+
 * </pre>
 */
final class LineFraming implements Framing {

	static final LineFraming INSTANCE = new LineFraming();

	private LineFraming() {
	}

	@Override
	public String type() {
		return "line";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(maxFrameBytes);
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		out.write(payload);
		out.writeByte('\n');
	}

	private static final class Decoder implements FrameDecoder {

		private final int maxFrameBytes;

		/** How many bytes from the position on are known to hold no LF. */
		private int searched;

		Decoder(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
		}

		@Override
		public boolean next(FrameInput in) throws FramingException {
			byte[] array = in.array();
			int start = in.position();
			int newline = Newline.find(array, start + this.searched, in.limit());
			if (newline < 0) {
				this.searched = in.remaining();
				// A CR at the very end may be the first half of a line end.
				if (this.searched > this.maxFrameBytes && length(array, start, in.limit()) > this.maxFrameBytes) {
					throw tooLarge();
				}
				return false;
			}
			this.searched = 0;
			int length = length(array, start, newline);
			if (length > this.maxFrameBytes) {
				throw tooLarge();
			}
			in.frame(start, start + length, newline + 1);
			return true;
		}

		@Override
		public boolean last(FrameInput in) {
			int length = length(in.array(), in.position(), in.limit());
			in.frame(in.position(), in.position() + length, in.limit());
			return true;
		}

		private static int length(byte[] array, int start, int end) {
			return (end > start && array[end - 1] == '\r') ? end - start - 1 : end - start;
		}

		private FramingException tooLarge() {
			return new FrameTooLargeException("line without an end after " + this.maxFrameBytes + " bytes",
					this.maxFrameBytes);
		}

	}

	/** Finds a newline, eight bytes at a time. */
	private static final class Newline {

		private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class,
				ByteOrder.LITTLE_ENDIAN);

		private static final long ONES = 0x0101010101010101L;

		private static final long HIGH_BITS = 0x8080808080808080L;

		private static final long NEWLINES = '\n' * ONES;

		static int find(byte[] array, int from, int to) {
			int index = from;
			for (; index <= to - Long.BYTES; index += Long.BYTES) {
				// A byte that equals LF becomes zero, and a zero byte borrows from its
				// high bit; false positives stand above the lowest match only.
				long difference = (long) LONGS.get(array, index) ^ NEWLINES;
				long match = (difference - ONES) & ~difference & HIGH_BITS;
				if (match != 0) {
					return index + (Long.numberOfTrailingZeros(match) >>> 3);
				}
			}
			for (; index < to; index++) {
				if (array[index] == '\n') {
					return index;
				}
			}
			return -1;
		}

	}

}
