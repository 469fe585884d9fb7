package dev.socketserver.test.connection;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The bytes that have arrived and were not taken yet. Used by one thread at a time.
 */
public final class Unread {

	private byte[] array = new byte[8192];

	private int start;

	private int end;

	private long taken;

	/**
	 * Waits for more bytes, and adds them.
	 * @param in where to read them
	 * @return {@code false} at the end of the stream
	 */
	public boolean readFrom(InputStream in) throws IOException {
		if (this.end == this.array.length) {
			byte[] all = all();
			this.array = (all.length > this.array.length / 2) ? Arrays.copyOf(all, this.array.length * 2)
					: Arrays.copyOf(all, this.array.length);
			this.start = 0;
			this.end = all.length;
		}
		int count = in.read(this.array, this.end, this.array.length - this.end);
		this.end += Math.max(count, 0);
		return count >= 0;
	}

	public int length() {
		return this.end - this.start;
	}

	public byte[] all() {
		return Arrays.copyOfRange(this.array, this.start, this.end);
	}

	/**
	 * Returns the index of the first byte with a value.
	 * @return the index, or -1
	 */
	public int indexOf(byte value) {
		for (int i = this.start; i < this.end; i++) {
			if (this.array[i] == value) {
				return i - this.start;
			}
		}
		return -1;
	}

	/**
	 * Compares the bytes with expected ones, as far as both go.
	 * @return the index of the first byte that differs, or -1
	 */
	public int mismatch(byte[] expected) {
		int common = Math.min(expected.length, length());
		return Arrays.mismatch(this.array, this.start, this.start + common, expected, 0, common);
	}

	public byte[] take(int length) {
		byte[] taken = Arrays.copyOfRange(this.array, this.start, this.start + length);
		this.start += length;
		this.taken += length;
		return taken;
	}

	/** Returns how many bytes have been taken so far. */
	public long taken() {
		return this.taken;
	}

}
