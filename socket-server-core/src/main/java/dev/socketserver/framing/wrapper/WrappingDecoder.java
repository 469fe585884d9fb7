package dev.socketserver.framing.wrapper;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.codec.SteppingDecoder;

/**
 * A decoder around another one, which finds the frames, and goes on behind a wrong one.
 */
abstract class WrappingDecoder extends SteppingDecoder {

	final FrameDecoder decoder;

	/** The limit of the configuration, which a refusal names. */
	final int maxFrameBytes;

	WrappingDecoder(FrameDecoder decoder, int maxFrameBytes) {
		this.decoder = decoder;
		this.maxFrameBytes = maxFrameBytes;
	}

	/** Has the decoder within do one step, and returns whether it has found a frame. */
	final boolean find(FrameInput in) throws FramingException {
		return SteppingDecoder.step(this.decoder, in, this.maxFrameBytes);
	}

	@Override
	public boolean recover(FrameInput in) {
		return this.decoder.recover(in);
	}

}
