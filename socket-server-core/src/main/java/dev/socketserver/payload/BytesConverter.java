package dev.socketserver.payload;

import java.util.Arrays;

/**
 * Reads and writes bytes. Those of a frame are copied, so that the handler has the array
 * for itself.
 */
final class BytesConverter implements PayloadConverter<byte[]> {

	static final BytesConverter INSTANCE = new BytesConverter();

	private BytesConverter() {
	}

	@Override
	public Class<byte[]> type() {
		return byte[].class;
	}

	@Override
	public byte[] read(byte[] source, int offset, int length) {
		return Arrays.copyOfRange(source, offset, offset + length);
	}

	@Override
	public byte[] write(byte[] payload) {
		return payload.clone();
	}

}
