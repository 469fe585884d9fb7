package dev.socketserver.framing.heartbeat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Some bytes of a message, written as position and length: {@code 8:4}, or {@code 8:4>0}
 * with the position to which they are copied. Negative positions count from the end.
 *
 * @param from the position of the first
 * @param length how many
 * @param to the position to which they are copied; that of the first unless it is written
 */
record ByteRange(int from, int length, int to) {

	/** The rule for what is written, as a phrase for people to read. */
	static final String RULE = "must be a position and a number of bytes, such as 8:4";

	private static final Pattern WRITTEN = Pattern.compile("(-?\\d{1,9}):(\\d{1,9})(?:>(-?\\d{1,9}))?");

	/**
	 * Reads what is written.
	 * @param text the text
	 * @return the range, or {@code null} if it is none
	 */
	static @Nullable ByteRange parse(String text) {
		Matcher matcher = WRITTEN.matcher(text.replace(" ", ""));
		if (!matcher.matches()) {
			return null;
		}
		int from = Integer.parseInt(matcher.group(1));
		int length = Integer.parseInt(matcher.group(2));
		int to = (matcher.group(3) != null) ? Integer.parseInt(matcher.group(3)) : from;
		return (length > 0) ? new ByteRange(from, length, to) : null;
	}

	/**
	 * Returns the index of a position.
	 * @param position the position, negative from the end
	 * @param size how many bytes there are
	 * @return the index, or -1 if the bytes from there on are not all among them
	 */
	int index(int position, int size) {
		int index = (position >= 0) ? position : size + position;
		return (index >= 0 && index + this.length <= size) ? index : -1;
	}

	/** Copies the bytes of a message into another one, if it has all of them. */
	void copy(byte[] source, int start, int end, byte[] target) {
		int index = index(this.from, end - start);
		if (index >= 0) {
			System.arraycopy(source, start + index, target, index(this.to, target.length), this.length);
		}
	}

	/**
	 * Adds one to the number that the bytes of a message are. Behind the greatest comes
	 * 0.
	 * @param message the message
	 * @param digits whether the number is in digits, else it is big-endian
	 */
	void increment(byte[] message, boolean digits) {
		int first = index(this.from, message.length);
		int lowest = digits ? '0' : 0;
		int highest = digits ? '9' : 0xFF;
		for (int i = first + this.length - 1; i >= first; i--) {
			if ((message[i] & 0xFF) < highest) {
				message[i]++;
				return;
			}
			message[i] = (byte) lowest;
		}
	}

	/** Whether all bytes of a message are digits. */
	boolean hasDigits(byte[] message) {
		int first = index(this.from, message.length);
		for (int i = first; i < first + this.length; i++) {
			if (!isDigit(message[i])) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether the number, perhaps with bytes beside it, makes a sequence of bytes once it
	 * has some value.
	 * @param message the message
	 * @param digits whether the number is in digits
	 * @param sequence the bytes
	 * @return {@code false} if no value makes it
	 */
	boolean canMake(byte[] message, boolean digits, byte[] sequence) {
		int first = index(this.from, message.length);
		int last = Math.min(first + this.length, message.length - sequence.length + 1);
		for (int at = Math.max(0, first - sequence.length + 1); at < last; at++) {
			int same = 0;
			while (same < sequence.length && (isNumber(at + same, first) ? !digits || isDigit(sequence[same])
					: message[at + same] == sequence[same])) {
				same++;
			}
			if (same == sequence.length) {
				return true;
			}
		}
		return false;
	}

	private boolean isNumber(int index, int first) {
		return index >= first && index < first + this.length;
	}

	private static boolean isDigit(byte value) {
		return value >= '0' && value <= '9';
	}

}
