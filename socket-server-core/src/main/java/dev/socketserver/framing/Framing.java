package dev.socketserver.framing;

import java.util.List;

/**
 * A way of dividing a stream of bytes into messages, in both directions. A framing is
 * immutable and serves all sessions of a server; the {@link FrameDecoder} of each session
 * keeps what must be remembered between reads.
 * <p>
 * Frames are decoded on I/O threads, and encoded on the thread that sends, while other
 * threads that send on the same session wait for it. So neither may block.
 */
public interface Framing {

	/**
	 * Returns the word for this framing, as configuration, logs and endpoints show it.
	 * @return the type word
	 */
	String type();

	/**
	 * Creates the decoder for one session. Called on the I/O thread of the session, or on
	 * the thread that changes its framing.
	 * @param maxFrameBytes the longest payload that the decoder may report, in bytes
	 * @return the decoder
	 */
	FrameDecoder decoder(int maxFrameBytes);

	/**
	 * Writes a payload as a frame. Calls for one session come one after the other, but
	 * those for different sessions may overlap.
	 * @param payload the payload, which must not be changed
	 * @param out where the frame goes
	 * @throws IllegalArgumentException if the payload cannot be framed
	 */
	void encode(byte[] payload, FrameOutput out);

	/**
	 * Returns the bytes that end a frame wherever a payload that is sent has them. A text
	 * that is made of values of others must have none of them.
	 * @return the sequences of bytes; none, by default, where a frame ends by its length,
	 * or where they are escaped
	 */
	default List<byte[]> ends() {
		return List.of();
	}

	/**
	 * Whether bytes are passed on as they are received, without boundaries between
	 * messages.
	 * @return {@code false} for every framing but {@link #raw()}
	 */
	default boolean passThrough() {
		return false;
	}

	/**
	 * Whether a handler may change the framing of a session. Frames are then decoded one
	 * at a time, so that the bytes after the frame being handled can still follow another
	 * framing.
	 * @return {@code false} by default; see {@link FramingBuilder#switchable}
	 */
	default boolean switchable() {
		return false;
	}

	/**
	 * Returns the framing for bytes as they are received.
	 * @return the framing
	 */
	static Framing raw() {
		return FramingProvider.BUILT_IN.raw();
	}

	/**
	 * Returns a framing for lines that end with LF or CRLF; lines that are sent end with
	 * LF. {@link dev.socketserver.framing.builder.Framings#line()} has all keys.
	 * @return the framing
	 */
	static Framing line() {
		return line(LineEnding.LF);
	}

	/**
	 * Returns a framing for lines that end with LF or CRLF.
	 * @param ending what is sent at the end of a line
	 * @return the framing
	 */
	static Framing line(LineEnding ending) {
		return FramingProvider.BUILT_IN.line(ending);
	}

	/**
	 * Returns a framing for lines that end with LF or CRLF.
	 * @param ending what is sent at the end of a line: {@code lf}, {@code crlf},
	 * {@code none}, or the ending itself
	 * @return the framing
	 * @throws IllegalArgumentException if there is no such ending
	 */
	static Framing line(String ending) {
		return line(LineEnding.of(ending));
	}

	/**
	 * Returns a framing for frames that end with a delimiter.
	 * {@link dev.socketserver.framing.builder.Framings#delimiter()} has all keys.
	 * @param delimiters the delimiters, as {@link ByteValues} reads them; the first one
	 * ends frames that are sent
	 * @return the framing
	 * @throws IllegalArgumentException if it cannot work
	 */
	static Framing delimiter(String... delimiters) {
		return FramingProvider.BUILT_IN.delimiter(delimiters);
	}

	/**
	 * Returns a framing for frames between a start and an end; bytes between frames are
	 * dropped. {@link dev.socketserver.framing.builder.Framings#startEnd()} has all keys.
	 * @param start the start, as {@link ByteValues} reads it
	 * @param end the end, as {@link ByteValues} reads it
	 * @return the framing
	 * @throws IllegalArgumentException if it cannot work
	 */
	static Framing startEnd(String start, String end) {
		return startEnd(ByteValues.parse(start), ByteValues.parse(end));
	}

	/**
	 * Returns a framing for frames between a start and an end; bytes between frames are
	 * dropped.
	 * @param start the start
	 * @param end the end
	 * @return the framing
	 * @throws IllegalArgumentException if it cannot work
	 */
	static Framing startEnd(byte[] start, byte[] end) {
		return FramingProvider.BUILT_IN.startEnd(start, end);
	}

	/**
	 * Returns a framing for frames that all have the same size.
	 * @param size how many bytes a frame has, at least 1
	 * @return the framing
	 * @throws IllegalArgumentException if the size is smaller
	 */
	static Framing fixed(int size) {
		return FramingProvider.BUILT_IN.fixed(size);
	}

	/**
	 * Returns a builder for frames that contain their own length. With its defaults, that
	 * is a 4-byte big-endian length in front of that many bytes.
	 * @return the builder
	 */
	static LengthFieldBuilder lengthField() {
		return FramingProvider.BUILT_IN.lengthField();
	}

	/**
	 * Returns a framing for header lines up to an empty line, followed by as many bytes
	 * as {@code Content-Length} says.
	 * {@link dev.socketserver.framing.builder.Framings#headerBlock()} has all keys.
	 * @return the framing
	 */
	static Framing headerBlock() {
		return FramingProvider.BUILT_IN.headerBlock();
	}

}
