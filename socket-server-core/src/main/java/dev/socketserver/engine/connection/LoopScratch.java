package dev.socketserver.engine.connection;

import java.nio.ByteBuffer;

import dev.socketserver.framing.FrameInput;
import dev.socketserver.payload.LongText;
import org.jspecify.annotations.Nullable;

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

	/** Absent until there is a long text. */
	private @Nullable ByteBuffer text;

	/**
	 * Returns the array into which the bytes of a read are copied.
	 * @return the array, {@value #READ_BYTES} long
	 */
	public byte[] bytes() {
		return this.bytes;
	}

	/** Memory for {@link LongText#SCRATCH_BYTES} bytes. */
	ByteBuffer text() {
		ByteBuffer memory = this.text;
		if (memory == null) {
			memory = ByteBuffer.allocate(LongText.SCRATCH_BYTES);
			this.text = memory;
		}
		return memory;
	}

	public FrameInput input() {
		return this.input;
	}

	public Object[] payloads() {
		return this.payloads;
	}

}
