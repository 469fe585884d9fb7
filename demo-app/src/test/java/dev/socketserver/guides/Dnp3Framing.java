package dev.socketserver.guides;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
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
		return (in) -> next(in, maxFrameBytes);
	}

	private static boolean next(FrameInput in, int maxFrameBytes) throws FramingException {
		byte[] bytes = in.array();
		int from = in.position();
		if (in.remaining() < 10) {
			return false;
		}
		// The length counts five bytes of the header.
		int data = Byte.toUnsignedInt(bytes[from + 2]) - 5;
		if (bytes[from] != 0x05 || bytes[from + 1] != 0x64 || data < 0) {
			throw new FramingException("a frame begins with 0x05 0x64 and its length");
		}
		if (8 + data > maxFrameBytes) {
			throw new FrameTooLargeException("frame of " + (8 + data) + " bytes announced", maxFrameBytes);
		}
		int next = from + 10 + data + 2 * ((data + 15) / 16);
		if (next > in.limit()) {
			return false;
		}
		check(bytes, from, 8);
		int to = from + 8;
		for (int block = from + 10; block < next; block += 18) {
			int length = Math.min(16, next - block - 2);
			check(bytes, block, length);
			System.arraycopy(bytes, block, bytes, to, length);
			to += length;
		}
		in.frame(from, to, next);
		return true;
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		if (payload.length < 8 || payload.length > 258) {
			throw new IllegalArgumentException("a frame has a header of 8 bytes and at most 250 bytes of data");
		}
		byte[] frame = payload.clone();
		frame[2] = (byte) (payload.length - 3);
		for (int block = 0; block < frame.length; block += (block == 0) ? 8 : 16) {
			int length = Math.min((block == 0) ? 8 : 16, frame.length - block);
			int crc = crc(frame, block, length);
			out.write(frame, block, length);
			out.writeByte(crc);
			out.writeByte(crc >>> 8);
		}
	}

	private static void check(byte[] bytes, int from, int length) throws FramingException {
		int crc = crc(bytes, from, length);
		if (bytes[from + length] != (byte) crc || bytes[from + length + 1] != (byte) (crc >>> 8)) {
			throw new FramingException("the CRC of a block is wrong");
		}
	}

	private static int crc(byte[] bytes, int from, int length) {
		int crc = 0;
		for (int i = from; i < from + length; i++) {
			crc ^= Byte.toUnsignedInt(bytes[i]);
			for (int bit = 0; bit < 8; bit++) {
				crc = ((crc & 1) != 0) ? crc >>> 1 ^ 0xA6BC : crc >>> 1;
			}
		}
		return ~crc & 0xFFFF;
	}

}
