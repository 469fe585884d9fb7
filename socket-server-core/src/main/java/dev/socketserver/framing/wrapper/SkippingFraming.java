package dev.socketserver.framing.wrapper;

import java.util.BitSet;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.codec.WrappedFraming;

/**
 * Ignores certain bytes before a frame.
 *
 * <pre>
 * BEFORE DECODE, skip 00                   AFTER DECODE
 * +------+------+------+---------+        +---------+
 * |  00  |  00  |  00  | frame   |   →    | frame   |
 * +------+------+------+---------+        +---------+
 * </pre>
 */
public final class SkippingFraming extends WrappedFraming {

	private final BitSet skipped = new BitSet(256);

	public SkippingFraming(Framing framing, byte[] skipped) {
		super(framing);
		for (byte value : skipped) {
			this.skipped.set(value & 0xFF);
		}
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(this.framing.decoder(maxFrameBytes), maxFrameBytes);
	}

	private final class Decoder extends WrappingDecoder {

		Decoder(FrameDecoder decoder, int maxFrameBytes) {
			super(decoder, maxFrameBytes);
		}

		@Override
		protected boolean step(FrameInput in) throws FramingException {
			// Only in front of a frame: while a frame is incomplete, its first byte stays
			// at the position.
			if (in.remaining() > 0 && SkippingFraming.this.skipped.get(in.array()[in.position()] & 0xFF)) {
				// Not more than one byte at a time: in a switch framing, the next may
				// begin a frame of another case.
				in.skip(in.position() + 1);
				return false;
			}
			return find(in);
		}

		@Override
		public boolean last(FrameInput in) throws FramingException {
			return this.decoder.last(in);
		}

	}

}
