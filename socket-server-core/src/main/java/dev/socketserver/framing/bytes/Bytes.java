package dev.socketserver.framing.bytes;

import java.util.Arrays;

/**
 * Compares and joins parts of arrays.
 */
public final class Bytes {

	private Bytes() {
	}

	public static boolean startsWith(byte[] bytes, byte[] start) {
		return bytes.length >= start.length && equal(bytes, 0, start);
	}

	/** Returns a new array with the bytes of two, one behind the other. */
	public static byte[] join(byte[] first, byte[] second) {
		byte[] all = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, all, first.length, second.length);
		return all;
	}

	/**
	 * Whether an array contains the given bytes at an index. The array must be long
	 * enough.
	 */
	public static boolean equal(byte[] array, int index, byte[] bytes) {
		return Arrays.equals(array, index, index + bytes.length, bytes, 0, bytes.length);
	}

	/**
	 * The same, where upper and lower case of ASCII letters do not matter.
	 */
	public static boolean equalIgnoringCase(byte[] array, int index, byte[] bytes) {
		for (int i = 0; i < bytes.length; i++) {
			if (lowerCase(array[index + i]) != lowerCase(bytes[i])) {
				return false;
			}
		}
		return true;
	}

	/** Returns the value of a byte, or of the small letter if it is a capital one. */
	private static int lowerCase(int value) {
		return (value >= 'A' && value <= 'Z') ? value + ('a' - 'A') : value;
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
