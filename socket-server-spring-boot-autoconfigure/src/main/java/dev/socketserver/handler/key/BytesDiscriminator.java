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
record BytesDiscriminator(int offset, int length) implements Discriminator, KeyPart<byte[]> {

	private static final HexFormat HEX = HexFormat.of();

	@Override
	public KeyPart<byte[]> bytes() {
		return this;
	}

	@Override
	public int symbol(byte[] frame, int index) {
		if (index == this.length) {
			return END;
		}
		long at = (long) this.offset + index;
		return (at < frame.length) ? frame[(int) at] & 0xFF : NONE;
	}

	@Override
	public int[] symbols(String key) {
		return symbols(HEX.parseHex(key, 2, key.length()));
	}

	static int[] symbols(byte[] bytes) {
		int[] symbols = new int[bytes.length];
		for (int i = 0; i < symbols.length; i++) {
			symbols[i] = bytes[i] & 0xFF;
		}
		return symbols;
	}

	@Override
	public @Nullable String text(byte[] frame) {
		long end = (long) this.offset + this.length;
		return (end <= frame.length) ? "0x" + HEX.formatHex(frame, this.offset, (int) end) : null;
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
