package dev.socketserver.netty;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

/**
 * Makes the threads of the engine, which are all daemon threads but for that of
 * {@link KeepAlive}. Nothing gets onto them from the thread that happens to make them,
 * such as a request of a web server or the common pool: all of them have the context
 * class loader of the thread that made this object, and only those of {@link #workers}
 * and {@link #loops} inherit thread-locals.
 */
final class DaemonThreads {

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	/**
	 * Makes a thread.
	 * @param task what it is to run
	 * @param name its name
	 * @return the thread, not started
	 */
	Thread thread(Runnable task, String name) {
		Thread thread = new Thread(null, task, name, 0, false);
		thread.setDaemon(true);
		return prepared(thread);
	}

	/** Returns a factory of threads that all have one name. */
	ThreadFactory named(String name) {
		return (task) -> thread(task, name);
	}

	/**
	 * Returns a factory of virtual threads that all have one name.
	 * @throws UnsupportedOperationException if this JVM has none
	 */
	ThreadFactory virtual(String name) {
		ThreadFactory factory = VirtualThreads.factory(name);
		return (task) -> prepared(factory.newThread(task));
	}

	/** Returns a factory of threads for event loops. */
	ThreadFactory loops(String name) {
		ThreadFactory factory = new LoopThread.Factory(name);
		return (task) -> prepared(factory.newThread(task));
	}

	/** Returns a factory of threads for a pool, which all have one name. */
	ForkJoinPool.ForkJoinWorkerThreadFactory workers(String name) {
		return (pool) -> {
			Worker worker = new Worker(pool);
			worker.setName(name);
			worker.setDaemon(true);
			return prepared(worker);
		};
	}

	private <T extends Thread> T prepared(T thread) {
		thread.setContextClassLoader(this.classLoader);
		return thread;
	}

	private static final class Worker extends ForkJoinWorkerThread {

		Worker(ForkJoinPool pool) {
			super(pool);
		}

	}

}
