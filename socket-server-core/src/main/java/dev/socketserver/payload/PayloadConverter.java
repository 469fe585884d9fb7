package dev.socketserver.payload;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;

/**
 * Converts between the bytes of a frame and a type that handlers take and return. A
 * converter is safe for use by several threads. It is called on the threads of handlers
 * and of those who send.
 *
 * @param <T> the type
 */
public interface PayloadConverter<T> {

	/**
	 * Returns the type that this converter reads and writes.
	 * @return the type
	 */
	Class<T> type();

	/**
	 * Whether what this converter writes is text without line breaks, so that lines are
	 * the natural framing for it.
	 * @return {@code true} for text; a converter of binary formats leaves it at
	 * {@code false}
	 */
	default boolean text() {
		return false;
	}

	/**
	 * Reads a payload.
	 * @param source holds the bytes; nothing of it may be kept
	 * @param offset the index of the first byte
	 * @param length the number of bytes
	 * @return the payload
	 * @throws Exception if the bytes cannot be read: the handler is told, or the session
	 * closes with {@link dev.socketserver.CloseReason#DECODE_ERROR}
	 */
	T read(byte[] source, int offset, int length) throws Exception;

	/**
	 * Writes a payload.
	 * @param payload the payload
	 * @return its bytes, in an array that nobody changes afterwards
	 * @throws Exception if the payload cannot be written: sending it fails
	 */
	byte[] write(T payload) throws Exception;

	/**
	 * Text. Malformed input is replaced, never an error.
	 * @param charset the charset of the bytes
	 * @return the converter
	 */
	static PayloadConverter<String> text(Charset charset) {
		return new TextConverter(charset);
	}

	/**
	 * Bytes, copied.
	 * @return the converter
	 */
	static PayloadConverter<byte[]> bytes() {
		return BytesConverter.INSTANCE;
	}

	/**
	 * A buffer with a copy of the bytes.
	 * @return the converter
	 */
	static PayloadConverter<ByteBuffer> buffer() {
		return BufferConverter.INSTANCE;
	}

}
