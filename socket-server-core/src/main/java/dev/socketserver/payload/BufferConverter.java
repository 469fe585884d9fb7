package dev.socketserver.payload;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads a frame into a new heap buffer, and writes the remaining bytes of a buffer. */
final class BufferConverter implements PayloadConverter<ByteBuffer> {

	static final BufferConverter INSTANCE = new BufferConverter();

	private BufferConverter() {
	}

	@Override
	public Class<ByteBuffer> type() {
		return ByteBuffer.class;
	}

	@Override
	public ByteBuffer read(byte[] source, int offset, int length) {
		return ByteBuffer.wrap(Arrays.copyOfRange(source, offset, offset + length));
	}

	@Override
	public byte[] write(ByteBuffer payload) {
		byte[] bytes = new byte[payload.remaining()];
		payload.get(payload.position(), bytes);
		return bytes;
	}

}
