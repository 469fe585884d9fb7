package dev.socketserver.guides;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;

/**
 * <pre>
 * +---+--------+---------+-----+
 * | # | length | payload | sum |   length: of the payload, one byte
 * +---+--------+---------+-----+   sum: of the payload's bytes, modulo 256
 * </pre>
 */
class TelegramFraming implements Framing {

	private static final int HEADER = 2;

	@Override
	public String type() {
		return "telegram";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return (in) -> next(in, maxFrameBytes);
	}

	private boolean next(FrameInput in, int maxFrameBytes) throws FramingException {
		if (in.remaining() < HEADER) {
			return false;
		}
		byte[] bytes = in.array();
		int start = in.position() + HEADER;
		if (bytes[in.position()] != '#') {
			throw new FramingException("a telegram begins with #");
		}
		int length = Byte.toUnsignedInt(bytes[in.position() + 1]);
		if (length > maxFrameBytes) {
			throw new FrameTooLargeException("a telegram has " + length + " bytes", maxFrameBytes);
		}
		if (in.remaining() < HEADER + length + 1) {
			return false;
		}
		int end = start + length;
		if (bytes[end] != sum(bytes, start, end)) {
			throw new FramingException("the sum of a telegram is wrong");
		}
		in.frame(start, end, end + 1);
		return true;
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		if (payload.length > 255) {
			throw new IllegalArgumentException("longer than 255 bytes");
		}
		out.writeByte('#');
		out.writeByte(payload.length);
		out.write(payload);
		out.writeByte(sum(payload, 0, payload.length));
	}

	private static byte sum(byte[] bytes, int start, int end) {
		byte sum = 0;
		for (int i = start; i < end; i++) {
			sum += bytes[i];
		}
		return sum;
	}

}
