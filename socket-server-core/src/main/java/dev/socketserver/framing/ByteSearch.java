package dev.socketserver.framing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds a byte, eight at a time.
 */
final class ByteSearch {

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private static final long ONES = 0x0101010101010101L;

	private static final long HIGH_BITS = 0x8080808080808080L;

	private ByteSearch() {
	}

	/**
	 * Finds a byte.
	 * @return its first index, or -1
	 */
	static int find(byte[] array, int from, int to, byte value) {
		long pattern = (value & 0xFF) * ONES;
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
		for (; index < to; index++) {
			if (array[index] == value) {
				return index;
			}
		}
		return -1;
	}

}
