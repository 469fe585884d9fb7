package dev.socketserver.framing.codec;

import java.util.List;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.bytes.ByteSearch;

/**
 * Lines of text. LF and CRLF both end a line, and are not part of it. Empty lines count,
 * and so does a last line without an end; if that one ends with a CR, the CR is dropped
 * as half of a CRLF. Lines that are sent get the configured ending.
 *
 * <pre>
 * BEFORE DECODE                        AFTER DECODE
 * +-------+------+------+------+      +-------+------+
 * | "one" | 0D0A | "b"  |  0A  |  →   | "one" | "b"  |
 * +-------+------+------+------+      +-------+------+
 * </pre>
 */
public final class LineFraming implements PlainFraming {

	public static final LineFraming INSTANCE = new LineFraming(LineEnding.LF, false);

	private final LineEnding ending;

	private final boolean loneCarriageReturn;

	private LineFraming(LineEnding ending, boolean loneCarriageReturn) {
		this.ending = ending;
		this.loneCarriageReturn = loneCarriageReturn;
	}

	/**
	 * Returns a framing of lines.
	 * @param ending what is sent at the end of a line
	 * @param loneCarriageReturn whether a CR alone ends a line, too
	 * @return the framing
	 */
	public static LineFraming of(LineEnding ending, boolean loneCarriageReturn) {
		boolean plain = ending == LineEnding.LF && !loneCarriageReturn;
		return plain ? INSTANCE : new LineFraming(ending, loneCarriageReturn);
	}

	/** Whether a CR alone ends a line, too. */
	public boolean loneCarriageReturn() {
		return this.loneCarriageReturn;
	}

	@Override
	public String type() {
		return "line";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return this.loneCarriageReturn ? new LoneCarriageReturnDecoder(maxFrameBytes) : new Decoder(maxFrameBytes);
	}

	@Override
	public List<byte[]> ends() {
		return List.of(new byte[] { '\n' }, new byte[] { '\r' });
	}

	@Override
	public void after(FrameOutput out) {
		switch (this.ending) {
			case LF -> out.writeByte('\n');
			case CRLF -> {
				out.writeByte('\r');
				out.writeByte('\n');
			}
			case NONE -> {
			}
		}
	}

	public static FramingException tooLarge(int maxFrameBytes) {
		return new FrameTooLargeException("line without an end after " + maxFrameBytes + " bytes", maxFrameBytes);
	}

	private static final class Decoder implements FrameDecoder {

		private final int maxFrameBytes;

		/**
		 * How many bytes from the position on contain no LF, as earlier searches have
		 * found.
		 */
		private int searched;

		Decoder(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
		}

		@Override
		public boolean next(FrameInput in) throws FramingException {
			byte[] array = in.array();
			int start = in.position();
			int newline = ByteSearch.find(array, start + this.searched, in.limit(), (byte) '\n');
			if (newline < 0) {
				this.searched = in.remaining();
				// A CR at the very end may be the first half of a line end.
				if (this.searched > this.maxFrameBytes && length(array, start, in.limit()) > this.maxFrameBytes) {
					throw tooLarge(this.maxFrameBytes);
				}
				return false;
			}
			this.searched = 0;
			int length = length(array, start, newline);
			if (length > this.maxFrameBytes) {
				throw tooLarge(this.maxFrameBytes);
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

	}

}
