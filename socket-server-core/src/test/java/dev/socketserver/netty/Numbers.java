package dev.socketserver.netty;

import dev.socketserver.payload.PayloadConverter;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Reads and writes whole numbers as text, which not every text is. */
public class Numbers implements PayloadConverter<Integer> {

	@Override
	public Class<Integer> type() {
		return Integer.class;
	}

	@Override
	public boolean text() {
		return true;
	}

	@Override
	public Integer read(byte[] source, int offset, int length) {
		return Integer.valueOf(new String(source, offset, length, UTF_8));
	}

	@Override
	public byte[] write(Integer payload) {
		return payload.toString().getBytes(UTF_8);
	}

}
