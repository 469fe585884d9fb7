package dev.socketserver.session;

import dev.socketserver.framing.FrameOutput;

/**
 * Bytes on their way out. Owned by one party at a time, which releases it or hands it on.
 */
public interface OutputBuffer extends FrameOutput {

	/**
	 * Returns how many bytes were written.
	 * @return the number
	 */
	int size();

	/**
	 * Appends what another buffer of the same connection holds.
	 * @param other the other, which stays as it is
	 */
	void append(OutputBuffer other);

	/**
	 * Forgets what was written behind the given number of bytes.
	 * @param size the number of bytes to keep
	 */
	void truncate(int size);

	/** Gives the memory back. */
	void release();

}
