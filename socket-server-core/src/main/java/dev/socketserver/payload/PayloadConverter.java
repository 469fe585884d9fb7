package dev.socketserver.payload;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;

import org.jspecify.annotations.Nullable;

/**
 * Converts between the bytes of a frame and a type that handlers take and return. A
 * converter must be safe for use by several threads. It is called on the threads of
 * handlers and of senders. The reply to a request of
 * {@link dev.socketserver.SocketSession#ask} is converted on a background thread, also
 * while the handler of the same session runs.
 *
 * @param <T> the type
 */
public interface PayloadConverter<T> {

	/**
	 * Returns the type of payload that this converter reads and writes.
	 * @return the type
	 */
	Class<T> type();

	/**
	 * Whether this converter writes text without line breaks, so that lines are the
	 * natural framing for it.
	 * @return {@code true} for text; by default {@code false}, as for binary formats
	 */
	default boolean text() {
		return false;
	}

	/**
	 * Reads a payload.
	 * @param source an array that holds the bytes, and must not be kept
	 * @param offset the index of the first byte
	 * @param length the number of bytes
	 * @return the payload
	 * @throws Exception if the bytes cannot be converted. The failure is reported to the
	 * handler, or the session closes with
	 * {@link dev.socketserver.CloseReason#DECODE_ERROR}
	 */
	T read(byte[] source, int offset, int length) throws Exception;

	/**
	 * Writes a payload.
	 * @param payload the payload
	 * @return its bytes, in an array that is not changed afterwards
	 * @throws Exception if the payload cannot be converted; sending it then fails
	 */
	byte[] write(T payload) throws Exception;

	/**
	 * Returns what reads another type, as a reply for which the caller of
	 * {@link dev.socketserver.SocketSession#ask(Object, Class, java.time.Duration)} names
	 * it.
	 * @param type the type
	 * @return this converter if all that it reads is of that type, else {@code null};
	 * converters that write many types, such as one of JSON, may have one for each
	 */
	default @Nullable PayloadConverter<?> reading(Class<?> type) {
		return type.isAssignableFrom(type()) ? this : null;
	}

	/**
	 * Returns a converter for text. Malformed bytes are replaced, and are never an error.
	 * @param charset the charset of the bytes
	 * @return the converter
	 */
	static PayloadConverter<String> text(Charset charset) {
		return new TextConverter(charset);
	}

	/**
	 * Returns a converter for bytes, which are copied.
	 * @return the converter
	 */
	static PayloadConverter<byte[]> bytes() {
		return BytesConverter.INSTANCE;
	}

	/**
	 * Returns a converter for buffers, each with its own copy of the bytes.
	 * @return the converter
	 */
	static PayloadConverter<ByteBuffer> buffer() {
		return BufferConverter.INSTANCE;
	}

}
