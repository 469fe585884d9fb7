package dev.socketserver.session;

import java.util.Arrays;
import java.util.Objects;

import dev.socketserver.framing.FrameOutput;

/**
 * Bytes on their way out, in an array that grows. Used by one thread at a time. In the
 * heap, so that whichever way a write ends, nobody has to give anything back.
 */
public final class OutputBytes implements FrameOutput {

	private static final byte[] NOTHING = {};

	private byte[] array;

	private int size;

	/**
	 * Creates an output to which nothing has been written.
	 * @param expectedBytes how much will be written, probably
	 */
	public OutputBytes(int expectedBytes) {
		this.array = new byte[expectedBytes];
	}

	@Override
	public void writeByte(int value) {
		int at = extend(1);
		this.array[at] = (byte) value;
	}

	@Override
	public void writeInt(int value) {
		int at = extend(Integer.BYTES);
		this.array[at] = (byte) (value >> 24);
		this.array[at + 1] = (byte) (value >> 16);
		this.array[at + 2] = (byte) (value >> 8);
		this.array[at + 3] = (byte) value;
	}

	@Override
	public void write(byte[] bytes) {
		int at = extend(bytes.length);
		System.arraycopy(bytes, 0, this.array, at, bytes.length);
	}

	@Override
	public void write(byte[] bytes, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, bytes.length);
		int at = extend(length);
		System.arraycopy(bytes, offset, this.array, at, length);
	}

	/**
	 * Appends what another has.
	 * @param other the other, which stays as it is
	 */
	void append(OutputBytes other) {
		write(other.array, 0, other.size);
	}

	/** Makes room; returns where it begins. */
	private int extend(int more) {
		int before = this.size;
		int after = Math.addExact(before, more);
		if (after > this.array.length) {
			// As far as an array can be: what is in here is limited elsewhere.
			this.array = Arrays.copyOf(this.array, (int) Math.max(after, Math.min(2L * before, Integer.MAX_VALUE - 8)));
		}
		this.size = after;
		return before;
	}

	/**
	 * Forgets what was written behind some of the bytes.
	 * @param size how many to keep
	 */
	void truncate(int size) {
		this.size = size;
	}

	/**
	 * Gives the memory back: the bytes are held elsewhere, or have left. How many they
	 * were is still known.
	 */
	public void drop() {
		this.array = NOTHING;
	}

	/**
	 * Returns how many bytes were written.
	 * @return the number
	 */
	public int size() {
		return this.size;
	}

	/**
	 * Returns the bytes, unless they were {@linkplain #drop() dropped}.
	 * @return an array that begins with them, and is not to be changed
	 */
	public byte[] array() {
		return this.array;
	}

}
