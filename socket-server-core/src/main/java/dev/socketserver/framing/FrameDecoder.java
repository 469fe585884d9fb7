package dev.socketserver.framing;

/**
 * Finds the frames of one session. Used by one thread at a time, which is the I/O thread
 * of the session: it must not block.
 * <p>
 * The engine calls {@link #next} until it finds no more frames, and again when more bytes
 * have arrived. After a call that has found none, the incomplete frame still begins at
 * {@link FrameInput#position()} and its bytes are unchanged, but they may be in another
 * array. So a decoder may remember distances from the position between calls, but not
 * indices.
 */
public interface FrameDecoder {

	/**
	 * Looks for the next frame, and drops bytes in front of it that belong to no frame.
	 * @param in the bytes; a frame is reported with {@link FrameInput#frame}, and dropped
	 * bytes with {@link FrameInput#skip}
	 * @return whether a frame was found
	 * @throws FramingException if the bytes cannot be a frame, or the frame would be too
	 * long; nothing more is read from this session, unless {@link #recover} finds a way
	 */
	boolean next(FrameInput in) throws FramingException;

	/**
	 * Looks for a frame that is complete because the stream has ended. Called when the
	 * peer has ended its output and {@link #next} finds no frame in the bytes that are
	 * left; if there are bytes after the frame, the same is done with them.
	 * @param in the bytes that are left, at least one
	 * @return whether they begin with a frame, which is reported with
	 * {@link FrameInput#frame}
	 * @throws FramingException if the bytes cannot be a frame, or the frame would be too
	 * long
	 */
	default boolean last(FrameInput in) throws FramingException {
		return false;
	}

	/**
	 * Decides whether the session goes on behind a frame that {@link #next} or
	 * {@link #last} has just refused. A decoder that says so drops the frame, at least
	 * one byte of it, in this call or in the next ones. The engine counts the frame as
	 * {@link DropReason#BAD}.
	 * @param in the bytes, as the exception has left them
	 * @return whether decoding goes on; {@code false} closes the session, and is the
	 * default
	 */
	default boolean recover(FrameInput in) {
		return false;
	}

}
