package dev.socketserver.benchmarks.engine;

import java.util.ArrayDeque;

import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.connection.OutputBytes;

/**
 * A connection that takes all output at once and costs next to nothing. Its loop is the
 * thread that runs the benchmark.
 */
final class NullConnection implements Connection {

	/** The number of writes. */
	long writes;

	/**
	 * The number of bytes written. Benchmarks return it, so that the JVM cannot skip the
	 * work.
	 */
	long bytes;

	private final LoopScratch scratch = new LoopScratch();

	private final ArrayDeque<Runnable> later = new ArrayDeque<>();

	@Override
	public void executeLater(Runnable task) {
		this.later.add(task);
	}

	/** Runs the tasks that the loop would run next. */
	void runLater() {
		for (Runnable task = this.later.poll(); task != null; task = this.later.poll()) {
			task.run();
		}
	}

	@Override
	public boolean isLoop() {
		return true;
	}

	@Override
	public void write(OutputBytes bytes, WriteResult result) {
		bytes.measure(this.scratch);
		this.writes++;
		this.bytes += bytes.size();
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

}
