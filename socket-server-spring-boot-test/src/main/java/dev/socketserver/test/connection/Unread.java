package dev.socketserver.test.connection;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The bytes that have arrived and were not taken yet. Used by one thread at a time.
 */
public final class Unread {

	/** A read has room for the longest datagram, which would be cut otherwise. */
	private static final int ROOM = 65_535;

	private byte[] array = new byte[ROOM];

	private int start;

	private int end;

	private long taken;

	/** How often something was read since all was taken. */
	private int reads;

	/**
	 * Waits for more bytes, and adds them.
	 * @param in where to read them
	 * @return {@code false} at the end of the stream
	 */
	public boolean readFrom(InputStream in) throws IOException {
		if (this.array.length - this.end < ROOM) {
			byte[] all = all();
			this.array = Arrays.copyOf(all, Math.max(this.array.length, 2 * (all.length + ROOM)));
			this.start = 0;
			this.end = all.length;
		}
		int count = in.read(this.array, this.end, this.array.length - this.end);
		this.end += Math.max(count, 0);
		this.reads += (count >= 0) ? 1 : 0;
		return count >= 0;
	}

	/** Whether something was read that was not taken, an empty datagram for example. */
	public boolean hasRead() {
		return this.reads > 0;
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
		this.reads = (this.start == this.end) ? 0 : this.reads;
		return taken;
	}

	/** Returns how many bytes have been taken so far. */
	public long taken() {
		return this.taken;
	}

}
