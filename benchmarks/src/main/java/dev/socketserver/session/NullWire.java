package dev.socketserver.session;

/**
 * A connection that takes everything at once and costs next to nothing. Its loop is the
 * thread that runs the benchmark.
 */
final class NullWire implements Wire {

	private final Buffer buffer = new Buffer();

	/** How often something was written. */
	long writes;

	/** How much was written, so that nothing is left out for being of no use. */
	long bytes;

	@Override
	public void execute(Runnable task) {
		task.run();
	}

	@Override
	public OutputBuffer buffer(int expectedBytes) {
		this.buffer.size = 0;
		return this.buffer;
	}

	@Override
	public void write(OutputBuffer buffer, WriteResult result) {
		this.writes++;
		this.bytes += buffer.size();
		result.done(null, 0);
	}

	@Override
	public long unwritten() {
		return 0;
	}

	@Override
	public void reading(boolean on) {
	}

	@Override
	public void shutdownOutput() {
	}

	@Override
	public void close() {
	}

	@Override
	public void abort() {
	}

	/** The only one: there is one chunk at a time. */
	private static final class Buffer implements OutputBuffer {

		private final byte[] array = new byte[128 * 1024];

		private int size;

		@Override
		public void writeByte(int value) {
			this.array[this.size++] = (byte) value;
		}

		@Override
		public void writeInt(int value) {
			writeByte(value >> 24);
			writeByte(value >> 16);
			writeByte(value >> 8);
			writeByte(value);
		}

		@Override
		public void write(byte[] bytes) {
			write(bytes, 0, bytes.length);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) {
			System.arraycopy(bytes, offset, this.array, this.size, length);
			this.size += length;
		}

		@Override
		public void append(OutputBuffer other) {
			throw new IllegalStateException("There is one buffer");
		}

		@Override
		public int size() {
			return this.size;
		}

		@Override
		public void truncate(int size) {
			this.size = size;
		}

		@Override
		public void release() {
		}

	}

}
