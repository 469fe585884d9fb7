package dev.socketserver.framing;

import java.util.BitSet;

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
final class SkippingFraming implements Framing {

	private final Framing framing;

	private final BitSet skipped = new BitSet(256);

	SkippingFraming(Framing framing, byte[] skipped) {
		this.framing = framing;
		for (byte value : skipped) {
			this.skipped.set(value & 0xFF);
		}
	}

	Framing framing() {
		return this.framing;
	}

	@Override
	public String type() {
		return this.framing.type();
	}

	@Override
	public boolean switchable() {
		return this.framing.switchable();
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(this.framing.decoder(maxFrameBytes));
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		this.framing.encode(payload, out);
	}

	private final class Decoder extends SteppingDecoder {

		private final FrameDecoder decoder;

		Decoder(FrameDecoder decoder) {
			this.decoder = decoder;
		}

		@Override
		boolean step(FrameInput in) throws FramingException {
			// Within a frame there is nothing to skip: its first byte stays where it is.
			int position = in.position();
			while (position < in.limit() && SkippingFraming.this.skipped.get(in.array()[position] & 0xFF)) {
				position++;
			}
			in.skip(position);
			return SteppingDecoder.step(this.decoder, in);
		}

		@Override
		public boolean last(FrameInput in) {
			return this.decoder.last(in);
		}

	}

}
