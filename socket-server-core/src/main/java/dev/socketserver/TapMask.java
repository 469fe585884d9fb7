package dev.socketserver;

/**
 * Hides secrets in what operators are shown of sessions: in taps, in the transcripts and
 * captures that are made of them, and in what is recorded of sessions that end with an
 * error. Beans of this type are asked in their order, each with the result of the one
 * before.
 * <p>
 * Called on a thread of the tap, one frame at a time, and never on an event loop: a mask
 * that takes long makes the tap drop frames, and holds up no session.
 */
@FunctionalInterface
public interface TapMask {

	/**
	 * Returns what may be shown of a frame.
	 * @param server the name of the server or client
	 * @param received whether the peer has sent the frame; {@code false} if it gets it
	 * @param frame the frame as it is in the stream, with its delimiter or length. It may
	 * be changed and returned
	 * @return the bytes to keep; the same number of bytes leaves lengths right
	 */
	byte[] mask(String server, boolean received, byte[] frame);

}
