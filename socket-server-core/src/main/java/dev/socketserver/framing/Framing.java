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
	 * @throws IllegalArgumentException if the payload cannot be framed
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
	 * Whether a handler may change the framing of a session. Frames are then cut one at a
	 * time, so that what is behind the frame being handled is still uncut.
	 * @return {@code false} unless asked for
	 */
	default boolean switchable() {
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
	 * {@link FramingBuilder#line()} has all keys.
	 * @return the framing
	 */
	static Framing line() {
		return LineFraming.INSTANCE;
	}

	/**
	 * Lines that end with LF or CRLF.
	 * @param ending what is sent behind a line
	 * @return the framing
	 */
	static Framing line(LineEnding ending) {
		return FramingBuilder.line().ending(ending).build();
	}

	/**
	 * Lines that end with LF or CRLF.
	 * @param ending what is sent behind a line: {@code lf}, {@code crlf}, {@code none},
	 * or the ending itself
	 * @return the framing
	 * @throws IllegalArgumentException if there is no such ending
	 */
	static Framing line(String ending) {
		return line(LineEnding.of(ending));
	}

	/**
	 * Frames that end with a delimiter. {@link FramingBuilder#delimiter()} has all keys.
	 * @param delimiters the delimiters, as {@link ByteValues} reads them; the first ends
	 * what is sent
	 * @return the framing
	 * @throws IllegalArgumentException if it cannot work
	 */
	static Framing delimiter(String... delimiters) {
		return FramingBuilder.delimiter().delimiters(delimiters).build();
	}

	/**
	 * Frames between a start and an end; what comes between frames is dropped.
	 * {@link FramingBuilder#startEnd()} has all keys.
	 * @param start the start, as {@link ByteValues} reads it
	 * @param end the end, as {@link ByteValues} reads it
	 * @return the framing
	 * @throws IllegalArgumentException if it cannot work
	 */
	static Framing startEnd(String start, String end) {
		return FramingBuilder.startEnd().start(start).end(end).build();
	}

	/**
	 * Frames between a start and an end; what comes between frames is dropped.
	 * @param start the start
	 * @param end the end
	 * @return the framing
	 * @throws IllegalArgumentException if it cannot work
	 */
	static Framing startEnd(byte[] start, byte[] end) {
		return FramingBuilder.startEnd().start(start).end(end).build();
	}

	/**
	 * Frames of one size.
	 * @param size how many bytes a frame has, at least 1
	 * @return the framing
	 * @throws IllegalArgumentException if the size is smaller
	 */
	static Framing fixed(int size) {
		return FramingBuilder.fixed().size(size).build();
	}

	/**
	 * Frames that say how long they are. As it begins, a 4-byte big-endian length in
	 * front of that many bytes.
	 * @return a builder of its keys
	 */
	static LengthFieldBuilder lengthField() {
		return FramingBuilder.lengthField();
	}

	/**
	 * Header lines up to an empty line, then as many bytes as {@code Content-Length}
	 * says. {@link FramingBuilder#headerBlock()} has all keys.
	 * @return the framing
	 */
	static Framing headerBlock() {
		return FramingBuilder.headerBlock().build();
	}

}
