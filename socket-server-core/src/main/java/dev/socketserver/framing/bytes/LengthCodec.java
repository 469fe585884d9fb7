package dev.socketserver.framing.bytes;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.FramingException;

/**
 * Reads and writes the length field of a frame. Immutable.
 */
public abstract class LengthCodec {

	/** How many bytes a length field has, or has at most. */
	final int width;

	LengthCodec(int width) {
		this.width = width;
	}

	/**
	 * Returns how many bytes a length field has.
	 * @param array holds the field
	 * @param from the index at which it begins
	 * @param limit the index after the last byte that was received
	 * @return the number, or -1 if more bytes are needed to see it
	 * @throws FramingException if the bytes cannot be a length field
	 */
	public int width(byte[] array, int from, int limit) throws FramingException {
		return (limit - from >= this.width) ? this.width : -1;
	}

	/** Returns how many bytes a length field has at least. */
	public int narrowest() {
		return this.width;
	}

	/** Returns the greatest length. */
	public abstract long most();

	/** Returns how many bytes a length field has at most. */
	public int widest() {
		return this.width;
	}

	/**
	 * Reads a length.
	 * @param array holds the field
	 * @param from the index at which it begins
	 * @param width how many bytes it has
	 * @throws FramingException if the bytes are not a length
	 */
	public abstract long read(byte[] array, int from, int width) throws FramingException;

	/**
	 * Writes a length.
	 * @throws IllegalArgumentException if it is too large
	 */
	public abstract byte[] write(long value);

	/**
	 * Writes a length in place of another one.
	 * @param value the length
	 * @param array holds the field that is replaced
	 * @param from the index at which that begins
	 * @throws IllegalArgumentException if the length is too large
	 */
	public byte[] write(long value, byte[] array, int from) {
		return write(value);
	}

	static long power(long base, int exponent) {
		return (exponent == 0) ? 1 : base * power(base, exponent - 1);
	}

	public static IllegalArgumentException tooLarge(long value, String room) {
		return new IllegalArgumentException(
				"a payload of that size cannot be sent: its length " + value + " does not fit " + room);
	}

	/** A binary number, or the lowest bits of one. */
	public static final class Binary extends LengthCodec {

		private final boolean little;

		/** Whether the number has bits that are not part of the length. */
		private final boolean masked;

		/** The bits of the length, from the lowest on without a gap. */
		private final long mask;

		/**
		 * Creates a codec of lengths that are whole numbers.
		 * @param width how many bytes the number has; with four or eight it is signed
		 * @param order the order of its bytes
		 */
		public Binary(int width, ByteOrder order) {
			super(width);
			int sign = (width == Integer.BYTES || width == Long.BYTES) ? 1 : 0;
			this.little = order == ByteOrder.LITTLE_ENDIAN;
			this.masked = false;
			this.mask = -1L >>> Long.SIZE - Byte.SIZE * width + sign;
		}

		/**
		 * Creates a codec of lengths that are a part of the number.
		 * @param width how many bytes the number has
		 * @param order the order of its bytes
		 * @param mask the bits, from the lowest on without a gap
		 */
		public Binary(int width, ByteOrder order, long mask) {
			super(width);
			this.little = order == ByteOrder.LITTLE_ENDIAN;
			this.masked = true;
			this.mask = mask;
		}

		@Override
		public long most() {
			return (this.mask < 0) ? Long.MAX_VALUE : this.mask;
		}

		@Override
		public long read(byte[] array, int from, int width) throws FramingException {
			long value = number(array, from);
			if (this.masked) {
				value &= this.mask;
			}
			else if (width == Integer.BYTES) {
				value = (int) value;
			}
			if (value < 0) {
				throw new FramingException("negative frame length " + value);
			}
			return value;
		}

		private long number(byte[] array, int from) {
			long number = 0;
			for (int i = 0; i < this.width; i++) {
				number = number << 8 | array[from + index(i)] & 0xFF;
			}
			return number;
		}

		/** Returns where the byte is that has a place in a number, the highest first. */
		private int index(int place) {
			return this.little ? this.width - 1 - place : place;
		}

		@Override
		public byte[] write(long value) {
			check(value);
			return field(value);
		}

		@Override
		public byte[] write(long value, byte[] array, int from) {
			check(value);
			return field(this.masked ? number(array, from) & ~this.mask | value : value);
		}

		private void check(long value) {
			if ((value & ~this.mask) != 0) {
				throw tooLarge(value, this.masked ? Long.bitCount(this.mask) + " bits" : this.width + " bytes");
			}
		}

		private byte[] field(long number) {
			byte[] field = new byte[this.width];
			for (int i = 0; i < this.width; i++) {
				field[index(this.width - 1 - i)] = (byte) (number >>> 8 * i);
			}
			return field;
		}

	}

	/**
	 * ASCII digits: a fixed number of them, or any number up to some bytes that end them.
	 */
	public static final class Digits extends LengthCodec {

		private final int radix;

		private final byte[] end;

		/**
		 * Creates the codec.
		 * @param end the bytes that end the digits, of which there are then at most
		 * {@code width}; empty for exactly {@code width} digits
		 */
		public Digits(int width, int radix, byte[] end) {
			super(width);
			this.radix = radix;
			this.end = end;
		}

		@Override
		public int narrowest() {
			return (this.end.length == 0) ? this.width : 1 + this.end.length;
		}

		@Override
		public int widest() {
			return this.width + this.end.length;
		}

		@Override
		public long most() {
			return power(this.radix, this.width) - 1;
		}

		@Override
		public int width(byte[] array, int from, int limit) throws FramingException {
			if (this.end.length == 0) {
				return super.width(array, from, limit);
			}
			for (int digits = 0; digits <= this.width; digits++) {
				int matching = Bytes.matching(array, from + digits, limit, this.end);
				if (matching == this.end.length && digits > 0) {
					return digits + matching;
				}
				if (matching < this.end.length && matching == limit - from - digits) {
					return -1;
				}
				digit(array, from, digits);
			}
			throw new FramingException("no " + ByteValues.format(this.end) + " behind the length, which has at most "
					+ this.width + " digits");
		}

		@Override
		public long read(byte[] array, int from, int width) throws FramingException {
			long value = 0;
			for (int i = 0; i < width - this.end.length; i++) {
				value = value * this.radix + digit(array, from, i);
			}
			return value;
		}

		private int digit(byte[] array, int from, int index) throws FramingException {
			int digit = Character.digit(array[from + index], this.radix);
			if (digit < 0) {
				throw new FramingException(((this.radix == 10) ? "decimal" : "hexadecimal") + " digit " + (index + 1)
						+ " of the length is " + ByteValues.one(array[from + index]));
			}
			return digit;
		}

		@Override
		public byte[] write(long value) {
			String digits = Long.toString(value, this.radix).toUpperCase(Locale.ROOT);
			if (digits.length() > this.width) {
				throw tooLarge(value, this.width + " digits");
			}
			if (this.end.length == 0) {
				return ("0".repeat(this.width - digits.length()) + digits).getBytes(StandardCharsets.US_ASCII);
			}
			return Bytes.join(digits.getBytes(StandardCharsets.US_ASCII), this.end);
		}

	}

	/** Two decimal digits in each byte. */
	public static final class Bcd extends LengthCodec {

		public Bcd(int width) {
			super(width);
		}

		@Override
		public long most() {
			return power(100, this.width) - 1;
		}

		@Override
		public long read(byte[] array, int from, int width) throws FramingException {
			long value = 0;
			for (int i = 0; i < width; i++) {
				int high = array[from + i] >>> 4 & 0xF;
				int low = array[from + i] & 0xF;
				if (high > 9 || low > 9) {
					throw new FramingException("byte " + (i + 1) + " of the length is "
							+ ByteValues.one(array[from + i]) + ", which is not two decimal digits");
				}
				value = value * 100 + high * 10 + low;
			}
			return value;
		}

		@Override
		public byte[] write(long value) {
			byte[] field = new byte[this.width];
			long rest = value;
			for (int i = this.width - 1; i >= 0; i--) {
				field[i] = (byte) (rest / 10 % 10 << 4 | rest % 10);
				rest /= 100;
			}
			if (rest > 0) {
				throw tooLarge(value, 2 * this.width + " decimal digits");
			}
			return field;
		}

	}

	/** Seven bits in each byte, the lowest first. */
	public static final class Varint extends LengthCodec {

		public Varint(int width) {
			super(width);
		}

		@Override
		public int narrowest() {
			return 1;
		}

		@Override
		public long most() {
			return -1L >>> Long.SIZE - 7 * this.width;
		}

		@Override
		public int width(byte[] array, int from, int limit) throws FramingException {
			for (int i = 0; i < this.width; i++) {
				if (from + i >= limit) {
					return -1;
				}
				if (array[from + i] >= 0) {
					return i + 1;
				}
			}
			throw new FramingException("the length has more than " + this.width + " bytes");
		}

		@Override
		public long read(byte[] array, int from, int width) {
			long value = 0;
			for (int i = width - 1; i >= 0; i--) {
				value = value << 7 | array[from + i] & 0x7F;
			}
			return value;
		}

		@Override
		public byte[] write(long value) {
			int width = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
			if (width > this.width) {
				throw tooLarge(value, this.width + " bytes");
			}
			byte[] field = new byte[width];
			for (int i = 0; i < width; i++) {
				field[i] = (byte) (value >>> 7 * i | ((i < width - 1) ? 0x80 : 0));
			}
			return field;
		}

	}

}
