package dev.socketserver.framing.codec;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FramingException;
import org.jspecify.annotations.Nullable;

/**
 * Finds lines of text that end with LF, CR or both.
 *
 * <pre>
 * BEFORE DECODE                                 AFTER DECODE
 * +-----+----+-----+------+----+-----+----+    +-----+-----+----+-----+
 * | "a" | 0D | "b" | 0D0A | 0D | "c" | 0A | →  | "a" | "b" | "" | "c" |
 * +-----+----+-----+------+----+-----+----+    +-----+-----+----+-----+
 * </pre>
 */
final class LoneCarriageReturnDecoder extends SteppingDecoder {

	private final int maxFrameBytes;

	/**
	 * How many bytes from the position on contain no end of a line, as earlier searches
	 * have found.
	 */
	private int searched;

	/** The last line ended with a CR; an LF that follows belongs to it. */
	private boolean afterCarriageReturn;

	LoneCarriageReturnDecoder(int maxFrameBytes) {
		this.maxFrameBytes = maxFrameBytes;
	}

	/**
	 * Notifies a decoder, if it is one of these, that a frame of another framing was
	 * received: an LF after that is a line of its own.
	 * @param decoder the decoder
	 */
	static void interrupt(@Nullable FrameDecoder decoder) {
		if (decoder instanceof LoneCarriageReturnDecoder lines) {
			lines.afterCarriageReturn = false;
		}
	}

	@Override
	protected boolean step(FrameInput in) throws FramingException {
		byte[] array = in.array();
		int start = in.position();
		if (this.afterCarriageReturn) {
			this.afterCarriageReturn = false;
			if (array[start] == '\n') {
				in.skip(start + 1);
				return false;
			}
		}
		int index = start + this.searched;
		while (index < in.limit() && array[index] != '\n' && array[index] != '\r') {
			index++;
		}
		this.searched = index - start;
		if (this.searched > this.maxFrameBytes) {
			throw LineFraming.tooLarge(this.maxFrameBytes);
		}
		if (index == in.limit()) {
			return false;
		}
		this.searched = 0;
		this.afterCarriageReturn = array[index] == '\r';
		in.frame(start, index, index + 1);
		return true;
	}

	@Override
	public boolean last(FrameInput in) {
		in.frame(in.position(), in.limit(), in.limit());
		return true;
	}

}
