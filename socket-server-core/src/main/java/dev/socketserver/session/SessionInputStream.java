package dev.socketserver.session;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What a stream handler reads. Before it blocks, what was written leaves: a peer that
 * waits for an answer before it goes on gets it.
 */
final class SessionInputStream extends InputStream {

	private final StreamDriver driver;

	private final SessionOutputStream out;

	private byte @Nullable [] piece;

	private int position;

	SessionInputStream(StreamDriver driver, SessionOutputStream out) {
		this.driver = driver;
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
			this.driver.taken(bytes);
		}
		return count;
	}

	@Override
	public int available() {
		return (this.piece != null) ? this.piece.length - this.position : 0;
	}

	private byte @Nullable [] current() throws IOException {
		if (this.piece == null) {
			byte[] next = this.driver.poll();
			if (next == null) {
				this.out.flushBeforeReading();
				next = await();
			}
			this.piece = next;
			this.position = 0;
		}
		return this.piece;
	}

	private byte @Nullable [] await() throws IOException {
		try {
			return this.driver.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("interrupted while waiting for input");
		}
	}

}
