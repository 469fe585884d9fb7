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

	public static final LineFraming INSTANCE = new LineFraming(LineEnding.LF);

	private final LineEnding ending;

	public LineFraming(LineEnding ending) {
		this.ending = ending;
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
