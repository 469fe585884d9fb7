package dev.socketserver.framing;

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
	 * Appends four bytes, the highest first.
	 * @param value the bytes
	 */
	void writeInt(int value);

	/**
	 * Appends bytes, which are copied.
	 * @param bytes the bytes
	 */
	void write(byte[] bytes);

}
