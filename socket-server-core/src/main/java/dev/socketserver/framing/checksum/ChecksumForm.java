package dev.socketserver.framing.checksum;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.FrameChecksum.Form;

/**
 * Reads and writes a checksum as it is in a frame.
 */
public final class ChecksumForm {

	private static final HexFormat HEX = HexFormat.of().withUpperCase();

	private final Form form;

	private final boolean little;

	/** The bytes of the binary form that can be set. */
	private final long mask;

	private final int radix;

	private final int width;

	/**
	 * Creates a form.
	 * @param form how a checksum is written
	 * @param byteOrder the order of the bytes of the binary form
	 * @param length how many bytes the checksum has in its binary form, from 1 to 8
	 */
	public ChecksumForm(Form form, ByteOrder byteOrder, int length) {
		this.form = form;
		this.little = byteOrder == ByteOrder.LITTLE_ENDIAN;
		this.mask = -1L >>> Long.SIZE - Byte.SIZE * length;
		this.radix = (form == Form.DECIMAL) ? 10 : 16;
		this.width = switch (form) {
			case BINARY -> length;
			case HEX -> 2 * length;
			case DECIMAL -> Long.toUnsignedString(this.mask).length();
		};
	}

	/** Returns how many bytes a checksum has in a frame. */
	public int width() {
		return this.width;
	}

	/** Whether bytes of a frame are the checksum. */
	public boolean matches(long sum, byte[] array, int at) {
		long expected = sum & this.mask;
		if (this.form == Form.BINARY) {
			return binary(array, at) == expected;
		}
		for (int i = this.width - 1; i >= 0; i--) {
			int value = array[at + i];
			int digit = (value >= 0) ? Character.digit((char) value, this.radix) : -1;
			if (digit < 0 || digit != Long.remainderUnsigned(expected, this.radix)) {
				return false;
			}
			expected = Long.divideUnsigned(expected, this.radix);
		}
		return true;
	}

	/** The loop is slower than what it does, where that is one byte or two. */
	private long binary(byte[] array, int at) {
		if (this.width == 1) {
			return array[at] & 0xFF;
		}
		if (this.width == 2) {
			int one = array[at] & 0xFF;
			int other = array[at + 1] & 0xFF;
			return this.little ? other << Byte.SIZE | one : one << Byte.SIZE | other;
		}
		long value = 0;
		for (int i = 0; i < this.width; i++) {
			value = value << Byte.SIZE | array[at + (this.little ? this.width - 1 - i : i)] & 0xFF;
		}
		return value;
	}

	/** Writes a checksum into a frame. */
	public void write(long sum, byte[] array, int at) {
		long rest = sum & this.mask;
		if (this.form == Form.BINARY) {
			for (int i = this.width - 1; i >= 0; i--) {
				array[at + (this.little ? this.width - 1 - i : i)] = (byte) rest;
				rest >>>= Byte.SIZE;
			}
			return;
		}
		for (int i = this.width - 1; i >= 0; i--) {
			int digit = (int) Long.remainderUnsigned(rest, this.radix);
			array[at + i] = (byte) Character.toUpperCase(Character.forDigit(digit, this.radix));
			rest = Long.divideUnsigned(rest, this.radix);
		}
	}

	/** Returns a checksum as a log shows it. */
	public String show(long sum) {
		byte[] field = new byte[this.width];
		write(sum, field, 0);
		return show(field, 0);
	}

	/** Returns the bytes in place of a checksum, as a log shows them. */
	public String show(byte[] array, int at) {
		if (this.form == Form.BINARY) {
			return HEX.formatHex(array, at, at + this.width);
		}
		for (int i = at; i < at + this.width; i++) {
			if (array[i] <= ' ' || array[i] > '~') {
				return ByteValues.format(Arrays.copyOfRange(array, at, at + this.width));
			}
		}
		return new String(array, at, this.width, StandardCharsets.US_ASCII);
	}

}
