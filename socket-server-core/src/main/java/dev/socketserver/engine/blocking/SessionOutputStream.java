package dev.socketserver.engine.blocking;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketserver.engine.handlers.InvokedSession;

/**
 * The output of a stream handler: gathers what is written until it is flushed or the
 * buffer is full, and waits while the peer does not read. A lock guards the buffer,
 * because a handler may read on one thread and write on another, and reading flushes.
 */
final class SessionOutputStream extends OutputStream {

	private static final int BUFFER_BYTES = 8 * 1024;

	private final BlockingOutput output;

	private final InvokedSession session;

	private final ReentrantLock lock = new ReentrantLock();

	private byte[] buffer = new byte[512];

	private int size;

	SessionOutputStream(BlockingOutput output, InvokedSession session) {
		this.output = output;
		this.session = session;
	}

	@Override
	public void write(int value) throws IOException {
		this.lock.lock();
		try {
			makeRoom();
			this.buffer[this.size++] = (byte) value;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void write(byte[] source, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, source.length);
		this.lock.lock();
		try {
			append(source, offset, length);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void append(byte[] source, int offset, int length) throws IOException {
		int position = offset;
		int rest = length;
		while (rest > 0) {
			makeRoom();
			int count = Math.min(rest, this.buffer.length - this.size);
			System.arraycopy(source, position, this.buffer, this.size, count);
			this.size += count;
			position += count;
			rest -= count;
		}
	}

	private void makeRoom() throws IOException {
		if (this.size == this.buffer.length) {
			if (this.size < BUFFER_BYTES) {
				this.buffer = Arrays.copyOf(this.buffer, this.size * 2);
			}
			else {
				send();
			}
		}
	}

	@Override
	public void flush() throws IOException {
		this.lock.lock();
		try {
			send();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Flushes, unless another thread is writing: that may wait for a peer which itself
	 * waits to be read from.
	 */
	void flushBeforeReading() throws IOException {
		if (this.lock.tryLock()) {
			try {
				send();
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	private void send() throws IOException {
		if (this.size > 0) {
			byte[] bytes = Arrays.copyOf(this.buffer, this.size);
			this.output.send(bytes);
			// Only now: a thread that is interrupted while it waits can go on writing
			// after what is in the buffer.
			this.size = 0;
		}
	}

	/** Flushes, then ends the output; the session stays open for input. */
	@Override
	public void close() throws IOException {
		flush();
		this.session.shutdownOutput();
	}

}
