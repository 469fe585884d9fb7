package dev.socketserver.framing;

/**
 * A decoder that may drop bytes. It does so one step at a time, so that decoders around
 * it can look at what comes next before it does.
 */
abstract class SteppingDecoder implements FrameDecoder {

	@Override
	public final boolean next(FrameInput in) throws FramingException {
		int before;
		do {
			before = in.position();
			if (step(in)) {
				return true;
			}
		}
		while (in.position() != before);
		return false;
	}

	/**
	 * Finds a frame, or drops bytes, or neither.
	 * @param in the bytes
	 * @return whether a frame was found; if not, there may be one behind what was dropped
	 */
	abstract boolean step(FrameInput in) throws FramingException;

	static boolean step(FrameDecoder decoder, FrameInput in) throws FramingException {
		return (decoder instanceof SteppingDecoder stepping) ? stepping.step(in) : decoder.next(in);
	}

}
