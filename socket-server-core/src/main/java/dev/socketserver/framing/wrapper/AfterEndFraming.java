package dev.socketserver.framing.wrapper;

import java.util.Arrays;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import dev.socketserver.framing.codec.WrappedFraming;

/**
 * So many bytes behind the end of a frame belong to it, such as a check sum. They are the
 * last ones of the payload.
 *
 * <pre>
 * BEFORE DECODE, start 02, end 03, after 1     AFTER DECODE
 * +----+------+----+----+                     +------+----+
 * | 02 | "ab" | 03 | 61 |                  ↔  | "ab" | 61 |
 * +----+------+----+----+                     +------+----+
 * </pre>
 */
public final class AfterEndFraming extends WrappedFraming {

	private final int after;

	/**
	 * Creates a framing around another one.
	 * @param framing the other one, whose frames end with bytes that are not part of them
	 * @param after how many bytes follow the end
	 */
	public AfterEndFraming(Framing framing, int after) {
		super(framing);
		this.after = after;
	}

	/**
	 * Returns how many bytes follow the end of frames.
	 * @param framing any framing
	 * @return the number, 0 if none do
	 */
	public static int of(Framing framing) {
		AfterEndFraming found = WrappedFraming.find(framing, AfterEndFraming.class);
		return (found != null) ? found.after : 0;
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(this.framing.decoder(Math.max(0, maxFrameBytes - this.after)), maxFrameBytes);
	}

	@Override
	protected boolean encodesAsWrapped() {
		return false;
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		int end = payload.length - this.after;
		if (end < 0) {
			throw new UnframeablePayloadException("a payload of " + payload.length + " bytes cannot be sent, its last "
					+ this.after + " belong behind the end of a frame");
		}
		this.framing.encode(Arrays.copyOf(payload, end), out);
		out.write(payload, end, this.after);
	}

	private final class Decoder extends WrappingDecoder {

		/**
		 * Where the frame at the position ends, and what follows it begins, as a distance
		 * from the position; 0 while no end was found.
		 */
		private int behindEnd;

		/** Where its payload begins, likewise. */
		private int start;

		/** Where that ends. */
		private int end;

		Decoder(FrameDecoder decoder, int maxFrameBytes) {
			super(decoder, maxFrameBytes);
		}

		@Override
		protected boolean step(FrameInput in) throws FramingException {
			if (this.behindEnd == 0 && !findEnd(in)) {
				return false;
			}
			int from = in.position();
			int after = AfterEndFraming.this.after;
			if (in.remaining() - this.behindEnd < after) {
				return false;
			}
			int behind = from + this.behindEnd;
			int payloadEnd = from + this.end;
			System.arraycopy(in.array(), behind, in.array(), payloadEnd, after);
			in.frame(from + this.start, payloadEnd + after, behind + after);
			this.behindEnd = 0;
			return true;
		}

		/** Finds the end of a frame, and puts the position back to its beginning. */
		private boolean findEnd(FrameInput in) throws FramingException {
			boolean found = find(in);
			if (found) {
				int from = in.frameFrom();
				this.behindEnd = in.position() - from;
				this.start = in.frameStart() - from;
				this.end = in.frameEnd() - from;
				in.reset(in.array(), from, in.limit());
			}
			return found;
		}

	}

}
