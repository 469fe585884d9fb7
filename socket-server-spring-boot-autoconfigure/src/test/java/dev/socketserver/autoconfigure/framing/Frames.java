package dev.socketserver.autoconfigure.framing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.CollectedOutput;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
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
			while (next(decoder, in)) {
				payloads.add(ByteValues.format(Arrays.copyOfRange(bytes, in.frameStart(), in.frameEnd())));
			}
			position = in.position();
		}
		return payloads;
	}

	/** Goes on behind bad frames, as the engine does. */
	private static boolean next(FrameDecoder decoder, FrameInput in) throws FramingException {
		while (true) {
			try {
				return decoder.next(in);
			}
			catch (FramingException ex) {
				if (!decoder.recover(in)) {
					throw ex;
				}
			}
		}
	}

	/** What is sent for payloads. */
	static String encode(Framing framing, String... payloads) {
		CollectedOutput sent = new CollectedOutput();
		for (String payload : payloads) {
			framing.encode(ByteValues.parse(payload), sent);
		}
		return ByteValues.format(sent.toByteArray());
	}

}
