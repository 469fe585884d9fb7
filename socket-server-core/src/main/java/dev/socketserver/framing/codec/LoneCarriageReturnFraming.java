package dev.socketserver.framing.codec;

import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.LineEnding;
import org.jspecify.annotations.Nullable;

/**
 * Lines of text that end with LF, CR or both.
 *
 * <pre>
 * BEFORE DECODE                                 AFTER DECODE
 * +-----+----+-----+------+----+-----+----+    +-----+-----+----+-----+
 * | "a" | 0D | "b" | 0D0A | 0D | "c" | 0A | →  | "a" | "b" | "" | "c" |
 * +-----+----+-----+------+----+-----+----+    +-----+-----+----+-----+
 * </pre>
 */
public final class LoneCarriageReturnFraming implements PlainFraming {

	private final byte[] ending;

	public LoneCarriageReturnFraming(LineEnding ending) {
		this.ending = ending.text().getBytes(StandardCharsets.US_ASCII);
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
		return LineFraming.INSTANCE.ends();
	}

	@Override
	public void after(FrameOutput out) {
		out.write(this.ending);
	}

	/**
	 * Notifies a decoder, if it is one of this framing, that a frame of another framing
	 * was received: an LF after that is a line of its own.
	 * @param decoder the decoder
	 */
	public static void interrupt(@Nullable FrameDecoder decoder) {
		if (decoder instanceof Decoder lines) {
			lines.afterCarriageReturn = false;
		}
	}

	private static final class Decoder extends SteppingDecoder {

		private final int maxFrameBytes;

		/**
		 * How many bytes from the position on contain no end of a line, as earlier
		 * searches have found.
		 */
		private int searched;

		/** The last line ended with a CR; an LF that follows belongs to it. */
		private boolean afterCarriageReturn;

		Decoder(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
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

}
