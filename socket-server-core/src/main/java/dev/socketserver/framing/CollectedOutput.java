package dev.socketserver.framing;

import java.io.ByteArrayOutputStream;

/**
 * Keeps what a framing writes, for whoever needs the bytes themselves: tests of a framing
 * and clients. Sessions do not use it. Not safe for use by several threads.
 */
public final class CollectedOutput implements FrameOutput {

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	/** Creates an output to which nothing has been written. */
	public CollectedOutput() {
	}

	@Override
	public void writeByte(int value) {
		this.bytes.write(value);
	}

	@Override
	public void writeInt(int value) {
		for (int shift = 24; shift >= 0; shift -= 8) {
			this.bytes.write(value >>> shift);
		}
	}

	@Override
	public void write(byte[] bytes) {
		this.bytes.writeBytes(bytes);
	}

	/**
	 * Returns what was written so far.
	 * @return the bytes, in an array of the caller's
	 */
	public byte[] toByteArray() {
		return this.bytes.toByteArray();
	}

}
