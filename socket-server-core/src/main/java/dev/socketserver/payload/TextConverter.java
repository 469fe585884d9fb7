package dev.socketserver.payload;

import java.nio.charset.Charset;

/** Reads and writes text in a charset. */
record TextConverter(Charset charset) implements PayloadConverter<String> {

	@Override
	public Class<String> type() {
		return String.class;
	}

	@Override
	public boolean text() {
		return true;
	}

	@Override
	public String read(byte[] source, int offset, int length) {
		return new String(source, offset, length, this.charset);
	}

	@Override
	public byte[] write(String payload) {
		return payload.getBytes(this.charset);
	}

}
