package dev.socketserver.guides;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;

/** ASTM E1381 (LIS1), whose frames have a check sum behind ETX or ETB. */
class AstmFraming implements Framing {

	private static final byte STX = 0x02;

	private static final byte NAK = 0x15;

	/** Number, text and ETX or ETB; the check sum and CR LF follow. */
	private final Framing frames = Framing.startEnd("hex:02", "\\r\\n");

	@Override
	public String type() {
		return "astm";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		FrameDecoder frames = this.frames.decoder(maxFrameBytes);
		return new FrameDecoder() {

			@Override
			public boolean next(FrameInput in) throws FramingException {
				while (in.remaining() > 0) {
					int from = in.position();
					if (in.array()[from] != STX) {
						// ENQ, ACK, NAK or EOT.
						in.frame(from, from + 1, from + 1);
						return true;
					}
					if (!frames.next(in)) {
						return false;
					}
					int end = in.frameEnd() - 2;
					if (end > in.frameStart() && Arrays.equals(sum(in.array(), in.frameStart(), end),
							Arrays.copyOfRange(in.array(), end, end + 2))) {
						in.endFrameAt(end);
						return true;
					}
					in.reply(new byte[] { NAK });
					in.dropped(DropReason.BAD, 1);
				}
				return false;
			}

		};
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		if (payload.length == 1) {
			out.write(payload);
			return;
		}
		out.writeByte(STX);
		out.write(payload);
		out.write(sum(payload, 0, payload.length));
		out.writeByte('\r');
		out.writeByte('\n');
	}

	private static byte[] sum(byte[] bytes, int from, int to) {
		int sum = 0;
		for (int i = from; i < to; i++) {
			sum += bytes[i];
		}
		return String.format("%02X", sum & 0xFF).getBytes(StandardCharsets.US_ASCII);
	}

}
