package dev.socketserver.framing.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds a byte: eight at a time at first, and 32 where it is not near.
 */
public final class ByteSearch {

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private static final long ONES = 0x0101010101010101L;

	private static final long HIGH_BITS = 0x8080808080808080L;

	/** How many bytes are searched in words before blocks are skipped. */
	private static final int NEAR = 64;

	private static final int BLOCK = 4 * Long.BYTES;

	private static final ByteSearch FAR = new ByteSearch(-ONES, HIGH_BITS);

	/**
	 * The numbers as fields, for the just-in-time compiler to keep in registers: what it
	 * knows to be constant, as it does fields of records, it writes into each instruction
	 * where this is compiled into a large method. That is twice as much code for the same
	 * work (C2 of JDK 25).
	 */
	private final long minusOnes;

	private final long highBits;

	private ByteSearch(long minusOnes, long highBits) {
		this.minusOnes = minusOnes;
		this.highBits = highBits;
	}

	/**
	 * Finds a byte.
	 * @return its first index, or -1
	 */
	public static int find(byte[] array, int from, int to, byte value) {
		long pattern = (value & 0xFF) * ONES;
		int near = Math.min(to, from + NEAR);
		int index = findInWords(array, from, near, pattern);
		if (index < 0 && near < to) {
			index = findInWords(array, FAR.skip(array, ~index, to, value), to, pattern);
		}
		return (index < 0) ? findInBytes(array, ~index, to, value) : index;
	}

	/**
	 * Compares whole words.
	 * @return the index, or if it was not found the complement of that of the first byte
	 * that was not checked
	 */
	private static int findInWords(byte[] array, int from, int to, long pattern) {
		int index = from;
		for (; index <= to - Long.BYTES; index += Long.BYTES) {
			// A byte that is equal becomes zero, and a zero byte borrows from its high
			// bit; false positives stand above the lowest match only.
			long difference = (long) LONGS.get(array, index) ^ pattern;
			long match = (difference - ONES) & ~difference & HIGH_BITS;
			if (match != 0) {
				return index + (Long.numberOfTrailingZeros(match) >>> 3);
			}
		}
		return ~index;
	}

	private static int findInBytes(byte[] array, int from, int to, byte value) {
		for (int index = from; index < to; index++) {
			if (array[index] == value) {
				return index;
			}
		}
		return -1;
	}

	/** Returns the index of the first block that has the byte, or is not whole. */
	private int skip(byte[] array, int from, int to, byte value) {
		long minusOnes = this.minusOnes;
		long pattern = (value & 0xFF) * -minusOnes;
		int index = from;
		for (; index <= to - BLOCK; index += BLOCK) {
			long first = (long) LONGS.get(array, index) ^ pattern;
			long second = (long) LONGS.get(array, index + Long.BYTES) ^ pattern;
			long third = (long) LONGS.get(array, index + 2 * Long.BYTES) ^ pattern;
			long fourth = (long) LONGS.get(array, index + 3 * Long.BYTES) ^ pattern;
			long matches = ((first + minusOnes) & ~first) | ((second + minusOnes) & ~second)
					| ((third + minusOnes) & ~third) | ((fourth + minusOnes) & ~fourth);
			if ((matches & this.highBits) != 0) {
				break;
			}
		}
		return index;
	}

}
