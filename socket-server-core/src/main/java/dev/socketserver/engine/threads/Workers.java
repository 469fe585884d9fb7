package dev.socketserver.engine.threads;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;

/**
 * Makes threads for a pool, which all have one name. Apart from {@link DaemonThreads}, so
 * that a start loads nothing of pools that have no task yet.
 */
public final class Workers implements ForkJoinPool.ForkJoinWorkerThreadFactory {

	private final DaemonThreads threads;

	private final String name;

	Workers(DaemonThreads threads, String name) {
		this.threads = threads;
		this.name = name;
	}

	@Override
	public ForkJoinWorkerThread newThread(ForkJoinPool pool) {
		Worker worker = new Worker(pool);
		worker.setName(this.name);
		worker.setDaemon(true);
		return this.threads.prepared(worker);
	}

	private static final class Worker extends ForkJoinWorkerThread {

		Worker(ForkJoinPool pool) {
			super(pool);
		}

	}

}
