package dev.socketserver.guides;

import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;

/** SECS-I (SEMI E4) over TCP: ENQ, EOT, ACK and NAK as one byte each, and blocks. */
class SecsFraming implements Framing {

	private static final byte ENQ = 0x05;

	private static final byte NAK = 0x15;

	@Override
	public String type() {
		return "secs";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new FrameDecoder() {

			/** Behind an ENQ comes a block, whose length may look like a NAK. */
			private boolean block;

			@Override
			public boolean next(FrameInput in) {
				if (in.remaining() == 0) {
					return false;
				}
				int from = in.position();
				int length = Byte.toUnsignedInt(in.array()[from]);
				if (!this.block) {
					this.block = length == ENQ;
					in.frame(from, from + 1, from + 1);
					return true;
				}
				int end = from + 1 + length;
				if (end + 2 > in.limit()) {
					return false;
				}
				this.block = false;
				int sum = Byte.toUnsignedInt(in.array()[end]) << 8 | Byte.toUnsignedInt(in.array()[end + 1]);
				if (sum == sum(in.array(), from + 1, end)) {
					in.frame(from + 1, end, end + 2);
					return true;
				}
				in.reply(new byte[] { NAK });
				in.dropped(DropReason.BAD, 1);
				in.skip(end + 2);
				return next(in);
			}

		};
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		if (payload.length > 254) {
			throw new IllegalArgumentException("a block has at most 254 bytes");
		}
		if (payload.length > 1) {
			int sum = sum(payload, 0, payload.length);
			out.writeByte(payload.length);
			out.write(payload);
			out.writeByte(sum >>> 8);
			out.writeByte(sum);
		}
		else {
			out.write(payload);
		}
	}

	private static int sum(byte[] bytes, int from, int to) {
		int sum = 0;
		for (int i = from; i < to; i++) {
			sum += Byte.toUnsignedInt(bytes[i]);
		}
		return sum & 0xFFFF;
	}

}
