package dev.socketserver.framing;

/**
 * A way of delimiting messages in a stream of bytes, for both directions. A framing is
 * immutable and serves all sessions of a server; what must be remembered between reads of
 * a session is kept by its {@link FrameDecoder}.
 * <p>
 * Decoding runs on I/O threads, encoding on the thread that sends, while others that send
 * on the same session wait for it: neither may block.
 */
public interface Framing {

	/**
	 * Returns the word for this framing, as configuration, logs and endpoints show it.
	 * @return the type word
	 */
	String type();

	/**
	 * Creates the decoder for one session.
	 * @param maxFrameBytes the longest payload that the decoder may report
	 * @return the decoder
	 */
	FrameDecoder decoder(int maxFrameBytes);

	/**
	 * Writes a payload as a frame. Calls for a session are serial, those for different
	 * sessions are not.
	 * @param payload the payload, read only
	 * @param out where the frame goes
	 */
	void encode(byte[] payload, FrameOutput out);

	/**
	 * Whether bytes are passed on as they come, without boundaries.
	 * @return {@code false} for every framing but {@link #raw()}
	 */
	default boolean passThrough() {
		return false;
	}

	/**
	 * Bytes as they come.
	 * @return the framing
	 */
	static Framing raw() {
		return RawFraming.INSTANCE;
	}

	/**
	 * Lines that end with LF or CRLF; what is sent gets an LF.
	 * @return the framing
	 */
	static Framing line() {
		return LineFraming.INSTANCE;
	}

	/**
	 * A 4-byte big-endian length in front of that many bytes.
	 * @return the framing
	 */
	static Framing lengthField() {
		return LengthFieldFraming.INSTANCE;
	}

}
