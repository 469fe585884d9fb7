package dev.socketserver.guides;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;

/**
 * Link frames of DNP3 (IEEE 1815, 9.2): a header, and blocks of 16 bytes, each with a
 * CRC.
 */
class Dnp3Framing implements Framing {

	@Override
	public String type() {
		return "dnp3";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return (in) -> {
			byte[] bytes = in.array();
			int from = in.position();
			if (in.remaining() < 3) {
				return false;
			}
			// The length counts five bytes of the header.
			int length = Byte.toUnsignedInt(bytes[from + 2]) + 3;
			if (bytes[from] != 0x05 || bytes[from + 1] != 0x64 || length < 8) {
				throw new FramingException("a frame begins with 0x05 0x64 and its length");
			}
			if (length > maxFrameBytes) {
				throw new FrameTooLargeException("frame of " + length + " bytes announced", maxFrameBytes);
			}
			int next = from + length + 2 * ((length + 23) / 16);
			if (next > in.limit()) {
				return false;
			}
			int to = from;
			for (int block = from; block < next; block += 2) {
				int size = (block == from) ? 8 : Math.min(16, next - 2 - block);
				int crc = crc(bytes, block, size);
				System.arraycopy(bytes, block, bytes, to, size);
				to += size;
				block += size;
				if (bytes[block] != (byte) crc || bytes[block + 1] != (byte) (crc >>> 8)) {
					throw new FramingException("the CRC of a block is wrong");
				}
			}
			in.frame(from, to, next);
			return true;
		};
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		if (payload.length < 8 || payload.length > 258) {
			throw new IllegalArgumentException("a frame has a header of 8 bytes and at most 250 bytes of data");
		}
		byte[] frame = payload.clone();
		frame[2] = (byte) (payload.length - 3);
		int size = 8;
		for (int block = 0; block < frame.length; block += size) {
			size = (block == 0) ? 8 : Math.min(16, frame.length - block);
			int crc = crc(frame, block, size);
			out.write(frame, block, size);
			out.writeByte(crc);
			out.writeByte(crc >>> 8);
		}
	}

	private static int crc(byte[] bytes, int from, int length) {
		int crc = 0;
		for (int bit = 0; bit < 8 * length; bit++) {
			int mixed = crc ^ bytes[from + bit / 8] >> bit % 8;
			crc = (crc >>> 1) ^ ((mixed & 1) * 0xA6BC);
		}
		return ~crc & 0xFFFF;
	}

}
