package dev.socketserver.payload;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;

/**
 * Converts between the bytes of a frame and a type that handlers take and return. A
 * converter is safe for use by several threads, and does not block: frames are read on
 * I/O threads.
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
	 * Reads a payload.
	 * @param source holds the bytes; nothing of it may be kept
	 * @param offset the index of the first byte
	 * @param length the number of bytes
	 * @return the payload
	 */
	T read(byte[] source, int offset, int length);

	/**
	 * Writes a payload.
	 * @param payload the payload
	 * @return its bytes, in an array that nobody changes afterwards
	 */
	byte[] write(T payload);

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
