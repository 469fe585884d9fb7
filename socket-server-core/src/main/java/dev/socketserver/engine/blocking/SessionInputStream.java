package dev.socketserver.engine.blocking;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The input of a stream handler. Before it blocks it flushes the output: a peer that
 * waits for an answer before it goes on, gets it.
 */
final class SessionInputStream extends InputStream {

	private final BlockingInput input;

	private final SessionOutputStream out;

	/** What can be read now. */
	private byte @Nullable [] piece;

	/** Of which {@link #position} indicates how much has been read. */
	private byte @Nullable [] begun;

	private int position;

	SessionInputStream(BlockingInput input, SessionOutputStream out) {
		this.input = input;
		this.out = out;
	}

	@Override
	public int read() throws IOException {
		byte[] single = new byte[1];
		return (read(single, 0, 1) == 1) ? single[0] & 0xFF : -1;
	}

	@Override
	public int read(byte[] target, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, target.length);
		if (length == 0) {
			return 0;
		}
		byte[] bytes = current();
		if (bytes == null) {
			return -1;
		}
		int count = Math.min(length, bytes.length - this.position);
		System.arraycopy(bytes, this.position, target, offset, count);
		this.position += count;
		if (this.position == bytes.length) {
			this.piece = null;
			this.begun = null;
			this.input.takeHead();
		}
		return count;
	}

	@Override
	public int available() throws IOException {
		if (this.piece == null || !this.input.flowing()) {
			become(this.input.head());
		}
		return (this.piece != null) ? this.piece.length - this.position : 0;
	}

	private byte @Nullable [] current() throws IOException {
		if (this.piece == null || !this.input.flowing()) {
			Object head = this.input.head();
			if (head == null) {
				this.out.flushBeforeReading();
				head = this.input.awaitHead();
			}
			become(head);
		}
		return this.piece;
	}

	/**
	 * Makes a payload the piece to read from. It stays the first of the input until it
	 * was read to its end; while reads are paused, there seems to be none.
	 */
	private void become(@Nullable Object head) {
		this.piece = (byte[]) head;
		if (head != null && head != this.begun) {
			this.begun = this.piece;
			this.position = 0;
		}
	}

}
