package dev.socketserver.engine.input;

import dev.socketserver.CloseStatus;

/**
 * Takes what a {@link Deframer} makes of the input of a session. On the loop.
 */
public interface FrameSink {

	/**
	 * Frames were decoded; the inbox has counted them.
	 * @param payloads the payload, or an {@code Object[]} of several
	 * @param count how many
	 * @param bytes how many bytes they had
	 */
	void frames(Object payloads, int count, int bytes);

	/**
	 * The framing answers by itself.
	 * @param frames the answer, framed already
	 */
	void answer(byte[] frames);

	/**
	 * No further frame comes: after those before, the session is to end like this.
	 * @param status how
	 */
	void inputEnded(CloseStatus status);

}
