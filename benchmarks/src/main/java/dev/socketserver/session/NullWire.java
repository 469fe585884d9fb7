package dev.socketserver.session;

import java.util.ArrayDeque;

/**
 * A connection that takes everything at once and costs next to nothing. Its loop is the
 * thread that runs the benchmark.
 */
final class NullWire implements Wire {

	/** How often something was written. */
	long writes;

	/** How much was written, so that nothing is left out for being of no use. */
	long bytes;

	private final ArrayDeque<Runnable> later = new ArrayDeque<>();

	@Override
	public void execute(Runnable task) {
		task.run();
	}

	@Override
	public void executeLater(Runnable task) {
		this.later.add(task);
	}

	/** Does what the loop would come to when it has done with what it is doing. */
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
