package dev.socketserver.engine.tap;

import dev.socketserver.CloseReason;

/**
 * Takes what one session receives and sends. It never waits and never throws. On the loop
 * of the session, if not stated otherwise.
 */
public interface TapSink {

	/**
	 * Whether it takes whole frames, instead of bytes as they are received and sent.
	 * @return always the same
	 */
	boolean framed();

	/**
	 * Takes bytes of the stream.
	 * @param received whether the peer has sent them
	 * @param array holds them; the caller's again afterwards
	 * @param offset where they begin
	 * @param length how many
	 */
	void add(boolean received, byte[] array, int offset, int length);

	/**
	 * Takes received bytes that will never be a frame. Only where it takes frames.
	 * @param array holds them; the caller's again afterwards
	 * @param offset where they begin
	 * @param length how many
	 */
	void unframed(byte[] array, int offset, int length);

	/**
	 * Some bytes cannot be divided into frames, or there is no memory for them.
	 * @param length how many
	 */
	void dropped(long length);

	/**
	 * The session has ended. Any thread, after everything else; perhaps twice.
	 * @param reason why
	 */
	void closed(CloseReason reason);

}
