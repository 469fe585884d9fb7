package dev.socketserver.framing.bytes;

import java.util.Arrays;

/**
 * Compares parts of arrays.
 */
public final class Bytes {

	private Bytes() {
	}

	public static boolean startsWith(byte[] bytes, byte[] start) {
		return bytes.length >= start.length && equal(bytes, 0, start);
	}

	/**
	 * Whether an array contains the given bytes at an index. The array must be long
	 * enough.
	 */
	public static boolean equal(byte[] array, int index, byte[] bytes) {
		return Arrays.equals(array, index, index + bytes.length, bytes, 0, bytes.length);
	}

	/**
	 * Returns how many of the given bytes an array has from an index on, up to the first
	 * that differs.
	 */
	public static int matching(byte[] array, int index, int limit, byte[] bytes) {
		int count = 0;
		int most = Math.min(bytes.length, limit - index);
		while (count < most && array[index + count] == bytes[count]) {
			count++;
		}
		return count;
	}

}
