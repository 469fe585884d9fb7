package dev.socketserver.cluster.node;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.socketserver.cluster.message.ClusterClock;
import dev.socketserver.cluster.spi.ClusterThreads;
import dev.socketserver.engine.log.SafeLogger;

/**
 * The clock of a node: that of the system, and one thread for its tasks.
 */
final class ClusterThread implements ClusterClock {

	private static final SafeLogger logger = SafeLogger.of(ClusterThread.class);

	private final ClusterThreads threads;

	ClusterThread(ClusterThreads threads) {
		this.threads = threads;
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public void execute(Runnable task) {
		schedule(task, 0);
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored") // run takes care of failures
	public void schedule(Runnable task, long delay) {
		try {
			this.threads.tasks().schedule(() -> run(task), delay, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			// The node has left.
		}
	}

	private static void run(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			logger.error("A task of the cluster has failed", ex);
		}
	}

	@Override
	public Executor callbacks() {
		return this.threads.callbacks();
	}

}
