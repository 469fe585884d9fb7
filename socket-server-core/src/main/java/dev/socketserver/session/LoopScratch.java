package dev.socketserver.session;

import dev.socketserver.framing.FrameInput;

/**
 * Scratch buffers that the sessions of one loop share, one after the other, so that an
 * idle session needs none. Only on the loop.
 */
public final class LoopScratch {

	/** The most bytes that are read from a socket at once. */
	public static final int READ_BYTES = 64 * 1024;

	/** The most frames that are handed to a handler together. */
	private static final int BATCH = 64;

	private final byte[] bytes = new byte[READ_BYTES];

	private final FrameInput input = new FrameInput();

	private final Object[] payloads = new Object[BATCH];

	/**
	 * Returns the array into which the bytes of a read are copied.
	 * @return the array, {@value #READ_BYTES} long
	 */
	public byte[] bytes() {
		return this.bytes;
	}

	FrameInput input() {
		return this.input;
	}

	Object[] payloads() {
		return this.payloads;
	}

}
