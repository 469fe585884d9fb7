package dev.socketserver.framing.checksum;

/**
 * The checksum of the internet (RFC 1071): the complement of the sum of words of 16 bits
 * in one's complement. What is counted besides may be added before it is completed.
 */
public final class InternetSum {

	private InternetSum() {
	}

	/**
	 * Adds words, the last one as if a zero followed.
	 * @param bytes has them
	 * @param from the index of the first byte
	 * @param to the index after the last
	 * @return the sum, with all carries
	 */
	public static long add(byte[] bytes, int from, int to) {
		long sum = 0;
		int i = from;
		for (; i + 1 < to; i += 2) {
			sum += (bytes[i] & 0xFF) << 8 | bytes[i + 1] & 0xFF;
		}
		if (i < to) {
			sum += (bytes[i] & 0xFF) << 8;
		}
		return sum;
	}

	/**
	 * Makes the checksum of a sum.
	 * @param sum what {@link #add} has returned, or several of these
	 * @return the checksum, in the lowest 16 bits
	 */
	public static long complete(long sum) {
		long folded = sum;
		while (folded > 0xFFFF) {
			folded = (folded & 0xFFFF) + (folded >>> Short.SIZE);
		}
		return ~folded & 0xFFFF;
	}

}
