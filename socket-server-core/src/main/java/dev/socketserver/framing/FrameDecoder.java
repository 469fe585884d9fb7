package dev.socketserver.framing;

/**
 * Finds the frames of one session. Used by one thread at a time.
 * <p>
 * The engine calls {@link #next} until it finds nothing more, and again when more bytes
 * have come. Between two calls without a find the frame still begins at
 * {@link FrameInput#position()} and its bytes are the same, but they may be in another
 * array: a decoder remembers distances from the position, never indices.
 */
public interface FrameDecoder {

	/**
	 * Looks for the next frame, and drops bytes in front of it that belong to none.
	 * @param in the bytes; a find is reported to {@link FrameInput#frame}, what is
	 * dropped to {@link FrameInput#skip}
	 * @return whether a frame was found
	 * @throws FramingException if the bytes cannot be a frame, or the frame would be too
	 * long; nothing after it is read
	 */
	boolean next(FrameInput in) throws FramingException;

	/**
	 * Looks for a frame that the end of the stream completes. Called when the peer has
	 * ended its output and {@link #next} finds nothing in what is left; if there are
	 * bytes behind the frame, they are looked at in the same way.
	 * @param in the bytes left, at least one
	 * @return whether they begin with a frame, reported to {@link FrameInput#frame}
	 */
	default boolean last(FrameInput in) {
		return false;
	}

}
