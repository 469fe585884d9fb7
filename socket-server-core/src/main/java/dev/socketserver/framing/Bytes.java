package dev.socketserver.framing;

import java.util.Arrays;

/**
 * Compares parts of arrays.
 */
final class Bytes {

	private Bytes() {
	}

	static boolean startsWith(byte[] bytes, byte[] start) {
		return bytes.length >= start.length && equal(bytes, 0, start);
	}

	/** Whether an array holds bytes at an index, all of which it has room for. */
	static boolean equal(byte[] array, int index, byte[] bytes) {
		return Arrays.equals(array, index, index + bytes.length, bytes, 0, bytes.length);
	}

	/** How many bytes from the index on are as given, at most all of them. */
	static int matching(byte[] array, int index, int limit, byte[] bytes) {
		int count = 0;
		int most = Math.min(bytes.length, limit - index);
		while (count < most && array[index + count] == bytes[count]) {
			count++;
		}
		return count;
	}

}
