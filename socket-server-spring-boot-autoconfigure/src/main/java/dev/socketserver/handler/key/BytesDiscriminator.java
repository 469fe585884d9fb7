package dev.socketserver.handler.key;

import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * Some bytes of the frame, as {@code 0x} and two digits for each. A frame that is too
 * short has no key.
 *
 * @param offset the index of the first byte
 * @param length how many they are, at least 1
 */
record BytesDiscriminator(int offset, int length) implements Discriminator, KeyBytes {

	private static final HexFormat HEX = HexFormat.of();

	@Override
	public @Nullable String key(byte[] frame) {
		int end = end(frame);
		return (end >= 0) ? "0x" + HEX.formatHex(frame, this.offset, end) : null;
	}

	@Override
	public KeyBytes bytes() {
		return this;
	}

	@Override
	public int begin() {
		return this.offset;
	}

	@Override
	public int end(byte[] frame) {
		long end = (long) this.offset + this.length;
		return (end <= frame.length) ? (int) end : -1;
	}

	@Override
	public byte[] of(String key) {
		return HEX.parseHex(key, 2, key.length());
	}

	@Override
	public @Nullable String impossible(String key) {
		String digits = Discriminator.normalized(key);
		boolean hex = digits.startsWith("0x") && digits.chars().skip(2).allMatch(HexFormat::isHexDigit);
		return (hex && digits.length() == 2 + 2L * this.length) ? null
				: "it compares 0x and %s digits, two for each byte".formatted(2L * this.length);
	}

	@Override
	public String toString() {
		return "bytes:" + this.offset + ":" + this.length;
	}

}
