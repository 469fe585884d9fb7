package dev.socketserver.framing.codec;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.FramingException;

/**
 * A decoder that may drop bytes. It does so in single steps, so that a decoder around it
 * can look at the next bytes first.
 */
public abstract class SteppingDecoder implements FrameDecoder {

	@Override
	public final boolean next(FrameInput in) throws FramingException {
		int before;
		do {
			before = in.position();
			if (step(this, in)) {
				return true;
			}
		}
		while (in.position() != before);
		return false;
	}

	/**
	 * Does one step: finds a frame, drops bytes, or does neither because more bytes are
	 * needed.
	 * @param in the bytes, at least one
	 * @return whether a frame was found; if not, there may be one after the bytes that
	 * were dropped
	 */
	protected abstract boolean step(FrameInput in) throws FramingException;

	/**
	 * Does one step of a decoder, or all that one does which takes no single steps.
	 * @param decoder the decoder
	 * @param in the bytes, perhaps none
	 * @return whether a frame was found
	 */
	public static boolean step(FrameDecoder decoder, FrameInput in) throws FramingException {
		if (decoder instanceof SteppingDecoder stepping) {
			return in.remaining() > 0 && stepping.step(in);
		}
		return decoder.next(in);
	}

	/**
	 * Does one step of a decoder that was given another limit than is configured.
	 * @param decoder the decoder
	 * @param in the bytes
	 * @param maxFrameBytes the limit of the configuration, which a refusal names
	 * @return whether a frame was found
	 */
	public static boolean step(FrameDecoder decoder, FrameInput in, int maxFrameBytes) throws FramingException {
		try {
			return step(decoder, in);
		}
		catch (FrameTooLargeException ex) {
			throw ex.withLimit(maxFrameBytes);
		}
	}

}
