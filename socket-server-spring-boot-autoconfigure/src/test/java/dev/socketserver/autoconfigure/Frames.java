package dev.socketserver.autoconfigure;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;

/**
 * Frames of a framing, without a socket. Bytes are written as {@link ByteValues} has
 * them.
 */
final class Frames {

	private Frames() {
	}

	/** The payloads of bytes that are received one by one. */
	static List<String> decode(Framing framing, String wire) throws FramingException {
		byte[] bytes = ByteValues.parse(wire);
		FrameDecoder decoder = framing.decoder(1000);
		FrameInput in = new FrameInput();
		List<String> payloads = new ArrayList<>();
		int position = 0;
		for (int received = 1; received <= bytes.length; received++) {
			in.reset(bytes, position, received);
			while (decoder.next(in)) {
				payloads.add(ByteValues.format(Arrays.copyOfRange(bytes, in.frameStart(), in.frameEnd())));
			}
			position = in.position();
		}
		return payloads;
	}

	/** What is sent for payloads. */
	static String encode(Framing framing, String... payloads) {
		Collected sent = new Collected();
		for (String payload : payloads) {
			framing.encode(ByteValues.parse(payload), sent);
		}
		return ByteValues.format(sent.bytes.toByteArray());
	}

	private static final class Collected implements FrameOutput {

		private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

		@Override
		public void writeByte(int value) {
			this.bytes.write(value);
		}

		@Override
		public void writeInt(int value) {
			for (int shift = 24; shift >= 0; shift -= 8) {
				this.bytes.write(value >>> shift);
			}
		}

		@Override
		public void write(byte[] bytes) {
			this.bytes.writeBytes(bytes);
		}

	}

}
