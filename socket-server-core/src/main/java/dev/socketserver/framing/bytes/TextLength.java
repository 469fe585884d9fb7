package dev.socketserver.framing.bytes;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FramingException;

/**
 * Reads lines that say how many bytes follow them, in decimal digits between blanks.
 */
public final class TextLength {

	/** More do not fit into a {@code long}. */
	private static final int MAX_DIGITS = 18;

	private TextLength() {
	}

	/**
	 * Returns the number at a place.
	 * @param what says it, as an error calls that
	 */
	public static long read(byte[] array, int from, int to, String what) throws FramingException {
		long value = 0;
		for (int index = from; index < to; index++) {
			int digit = array[index] - '0';
			if (digit < 0 || digit > 9) {
				throw new FramingException(
						what + " has " + ByteValues.one(array[index]) + " where a decimal digit was expected");
			}
			value = value * 10 + digit;
		}
		if (from == to || to - from > MAX_DIGITS) {
			throw new FramingException(
					what + " has " + (to - from) + " digits, from 1 to " + MAX_DIGITS + " were expected");
		}
		return value;
	}

	/** Returns the index behind the blanks at a place, if there are any. */
	public static int behindBlanks(byte[] array, int from, int end) {
		int index = from;
		while (index < end && isBlank(array[index])) {
			index++;
		}
		return index;
	}

	public static boolean isBlank(byte value) {
		return value == ' ' || value == '\t';
	}

	/**
	 * Finds a frame of a known length, and behind it the bytes that end one.
	 * @param in the bytes, in front of the frame
	 * @param length how many bytes the frame has
	 * @param after what ends it
	 * @param what must end so, as an error calls that
	 * @return whether all of it has come
	 */
	public static boolean frame(FrameInput in, int length, byte[] after, String what) throws FramingException {
		if (in.remaining() - after.length < length) {
			return false;
		}
		int end = in.position() + length;
		int matching = Bytes.matching(in.array(), end, in.limit(), after);
		if (matching < after.length) {
			throw new FramingException(what + " must end with " + ByteValues.format(after) + ", but byte "
					+ (matching + 1) + " of that is " + ByteValues.one(in.array()[end + matching]));
		}
		in.frame(in.position(), end, end + after.length);
		return true;
	}

}
