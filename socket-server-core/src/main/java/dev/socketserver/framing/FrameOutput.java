package dev.socketserver.framing;

import java.util.Arrays;
import java.util.Objects;

/**
 * Takes the bytes of frames to be sent. Used by one thread at a time.
 */
public interface FrameOutput {

	/**
	 * Appends one byte.
	 * @param value the byte, in the low 8 bits
	 */
	void writeByte(int value);

	/**
	 * Appends four bytes, the most significant first.
	 * @param value the bytes
	 */
	void writeInt(int value);

	/**
	 * Appends bytes, which are copied.
	 * @param bytes the bytes
	 */
	void write(byte[] bytes);

	/**
	 * Appends some of the bytes of an array, which are copied.
	 * @param bytes the array
	 * @param offset the index of the first
	 * @param length how many
	 * @throws IndexOutOfBoundsException if the array has no such range
	 */
	default void write(byte[] bytes, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, bytes.length);
		write(Arrays.copyOfRange(bytes, offset, offset + length));
	}

}
