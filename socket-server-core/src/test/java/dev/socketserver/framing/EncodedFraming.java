package dev.socketserver.framing;

import java.util.function.BiConsumer;

/**
 * Lines on the way in, and on the way out what a test says.
 *
 * @param encoder writes a payload as a frame
 */
public record EncodedFraming(BiConsumer<byte[], FrameOutput> encoder) implements Framing {

	@Override
	public String type() {
		return "encoded";
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return Framing.line().decoder(maxFrameBytes);
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		this.encoder.accept(payload, out);
	}

}
