package dev.socketserver.framing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Feeds a decoder as the engine does: bytes arrive in pieces, what is left over moves to
 * another array between two calls, and the end of the stream comes last.
 */
final class FrameInputs {

	private FrameInputs() {
	}

	/**
	 * Decodes bytes that arrive in pieces of the given sizes, the last one being the
	 * rest.
	 */
	static List<String> decode(FrameDecoder decoder, byte[] bytes, int... pieces) throws FramingException {
		List<String> frames = new ArrayList<>();
		FrameInput input = new FrameInput();
		byte[] kept = new byte[0];
		int position = 0;
		for (int i = 0; i <= pieces.length; i++) {
			int size = (i < pieces.length) ? pieces[i] : bytes.length - position;
			// Odd offsets and a new array each time: a decoder must not remember indices.
			int offset = 1 + i % 5;
			byte[] array = new byte[offset + kept.length + size + 3];
			Arrays.fill(array, (byte) '\n');
			System.arraycopy(kept, 0, array, offset, kept.length);
			System.arraycopy(bytes, position, array, offset + kept.length, size);
			position += size;
			input.reset(array, offset, offset + kept.length + size);
			while (decoder.next(input)) {
				frames.add(frame(input));
			}
			kept = Arrays.copyOfRange(array, input.position(), input.limit());
		}
		if (kept.length > 0) {
			input.reset(kept, 0, kept.length);
			frames.add(decoder.last(input) ? frame(input) : "left over: " + kept.length);
		}
		return frames;
	}

	private static String frame(FrameInput input) {
		return new String(input.array(), input.frameStart(), input.frameEnd() - input.frameStart(),
				StandardCharsets.UTF_8);
	}

	static byte[] encode(Framing framing, String... payloads) {
		Output output = new Output();
		for (String payload : payloads) {
			framing.encode(payload.getBytes(StandardCharsets.UTF_8), output);
		}
		return output.bytes.toByteArray();
	}

	private static final class Output implements FrameOutput {

		private final java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();

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
		public void write(byte[] value) {
			this.bytes.writeBytes(value);
		}

	}

}
