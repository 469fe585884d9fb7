package dev.socketserver.payload;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;

/**
 * Turns what is to be sent into bytes, whatever type it is of.
 */
public final class Payloads {

	private final PayloadConverter<String> text;

	/**
	 * Creates a converter of what is sent.
	 * @param charset the charset for text
	 */
	public Payloads(Charset charset) {
		this.text = PayloadConverter.text(charset);
	}

	/**
	 * Returns the bytes of a payload.
	 * @param payload text, {@code byte[]} or {@link ByteBuffer}, whose position stays
	 * @return the bytes; for {@code byte[]} the array itself
	 * @throws IllegalArgumentException if the payload is of another type
	 */
	public byte[] bytes(Object payload) {
		if (payload instanceof String string) {
			return this.text.write(string);
		}
		if (payload instanceof byte[] bytes) {
			return bytes;
		}
		if (payload instanceof ByteBuffer buffer) {
			return PayloadConverter.buffer().write(buffer);
		}
		throw new IllegalArgumentException("A payload of type " + payload.getClass().getName()
				+ " cannot be sent: use String, byte[] or ByteBuffer");
	}

}
