package dev.socketserver.handler.payload;

import java.nio.charset.Charset;

import dev.socketserver.payload.PayloadConverter;

/**
 * Converts text that is no string, but sent like one.
 */
record CharSequenceConverter(Charset charset) implements PayloadConverter<CharSequence> {

	@Override
	public Class<CharSequence> type() {
		return CharSequence.class;
	}

	@Override
	public boolean text() {
		return true;
	}

	@Override
	public CharSequence read(byte[] source, int offset, int length) {
		return new String(source, offset, length, this.charset);
	}

	@Override
	public byte[] write(CharSequence payload) {
		return payload.toString().getBytes(this.charset);
	}

}
