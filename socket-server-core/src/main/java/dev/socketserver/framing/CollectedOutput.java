package dev.socketserver.framing;

import java.io.ByteArrayOutputStream;

/**
 * Collects what a framing writes in an array, where that has to be looked at. Sessions do
 * not use it for what they send. Not safe for use by several threads.
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
	 * Returns what has been written so far.
	 * @return the bytes, in a new array
	 */
	public byte[] toByteArray() {
		return this.bytes.toByteArray();
	}

}
