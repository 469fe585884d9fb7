package dev.socketserver.session;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * A connection without a socket, whose loop runs when the test says so. Writes complete
 * at once, or when the test says so.
 */
final class FakeWire implements Wire {

	final List<String> events = Collections.synchronizedList(new ArrayList<>());

	final Deque<WriteResult> pending = new ArrayDeque<>();

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	boolean completing = true;

	/** Tasks run where they are given, as they do for those who are on the loop. */
	boolean inLoop;

	boolean outOfMemory;

	/** What the socket has not taken of the write that is pending. */
	long unwritten = 1;

	/** Those that are not released. Senders that wait release theirs themselves. */
	final AtomicInteger buffers = new AtomicInteger();

	@Override
	public void execute(Runnable task) {
		if (this.inLoop) {
			task.run();
		}
		else {
			this.tasks.add(task);
		}
	}

	/** Is the loop, as long as there is something to do; returns whether there was. */
	boolean runLoop() {
		boolean ran = false;
		while (!this.tasks.isEmpty()) {
			this.tasks.remove().run();
			ran = true;
		}
		return ran;
	}

	@Override
	public OutputBuffer buffer(int expectedBytes) {
		if (this.outOfMemory) {
			throw new OutOfMemoryError("as the test says");
		}
		this.buffers.incrementAndGet();
		return new Buffer();
	}

	@Override
	public void write(OutputBuffer buffer, WriteResult result) {
		this.events.add("write " + buffer);
		buffer.release();
		if (this.completing) {
			result.done(null, 0);
		}
		else {
			this.pending.add(result);
		}
	}

	void complete(@Nullable Throwable failure) {
		this.pending.remove().done(failure, 0);
	}

	@Override
	public long unwritten() {
		return this.pending.isEmpty() ? 0 : this.unwritten;
	}

	@Override
	public void reading(boolean on) {
		this.events.add("reading " + on);
	}

	@Override
	public void shutdownOutput() {
		this.events.add("shutdown output");
	}

	@Override
	public void close() {
		this.events.add("close");
	}

	@Override
	public void abort() {
		this.events.add("abort");
	}

	private final class Buffer implements OutputBuffer {

		private byte[] bytes = new byte[0];

		private void append(byte[] more) {
			ByteArrayOutputStream joined = new ByteArrayOutputStream();
			joined.writeBytes(this.bytes);
			joined.writeBytes(more);
			this.bytes = joined.toByteArray();
		}

		@Override
		public void writeByte(int value) {
			append(new byte[] { (byte) value });
		}

		@Override
		public void writeInt(int value) {
			append(new byte[] { (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value });
		}

		@Override
		public void write(byte[] value) {
			append(value);
		}

		@Override
		public void append(OutputBuffer other) {
			if (FakeWire.this.outOfMemory) {
				append(new byte[1]);
				throw new OutOfMemoryError("as the test says");
			}
			append(((Buffer) other).bytes);
		}

		@Override
		public int size() {
			return this.bytes.length;
		}

		@Override
		public void truncate(int size) {
			this.bytes = Arrays.copyOf(this.bytes, size);
		}

		@Override
		public void release() {
			FakeWire.this.buffers.decrementAndGet();
		}

		@Override
		public String toString() {
			return (this.bytes.length > 100) ? this.bytes.length + " bytes"
					: new String(this.bytes, StandardCharsets.UTF_8).replace("\n", "|");
		}

	}

}
