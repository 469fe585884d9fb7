package dev.socketserver.engine.threads;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.socketserver.operator.IoThread;
import org.jspecify.annotations.Nullable;

/**
 * Makes the threads of the engine, which are all daemon threads but for that of
 * {@link KeepAlive}. Nothing gets onto them from the thread that happens to make them,
 * such as a request of a web server or the common pool: all of them have the context
 * class loader of the thread that made this object, and only those of {@link #workers}
 * and of event loops inherit thread-locals.
 */
public final class DaemonThreads {

	/** How long a thread of a pool stays when it has nothing to do. */
	static final int IDLE_SECONDS = 10;

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	/** Those in use, of which servers come and go. */
	private final Set<ThreadPoolExecutor> pools = Collections
		.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	/**
	 * Makes a thread.
	 * @param task what it is to run
	 * @param name its name
	 * @return the thread, not started
	 */
	public Thread thread(Runnable task, String name) {
		Thread thread = new Thread(null, task, name, 0, false);
		thread.setDaemon(true);
		return prepared(thread);
	}

	/**
	 * Starts a thread.
	 * @param thread the thread
	 * @throws RejectedExecutionException if the system has no further thread
	 */
	public static void start(Thread thread) {
		try {
			thread.start();
		}
		catch (OutOfMemoryError ex) {
			throw noThread(ex);
		}
	}

	static RejectedExecutionException noThread(OutOfMemoryError cause) {
		return new RejectedExecutionException("The system has no further thread: " + cause.getMessage(), cause);
	}

	/**
	 * Has a timer run a task later, for which no caller waits.
	 * @param timer the timer
	 * @param task the task
	 * @param millis when, in milliseconds from now
	 * @return {@code false} if the timer has no thread now; it runs the task when it has
	 * one (ScheduledThreadPoolExecutor)
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // no thread waits for it
	public static boolean schedule(ScheduledExecutorService timer, Runnable task, long millis) {
		try {
			timer.schedule(task, millis, TimeUnit.MILLISECONDS);
			return true;
		}
		catch (OutOfMemoryError ex) {
			return false;
		}
	}

	/**
	 * Returns a pool, which need not be shut down: its threads end when they have had
	 * nothing to do for a while. It rejects a task when the system has no thread and the
	 * pool has none either.
	 */
	public ThreadPoolExecutor pool(int most, String name) {
		return temporary(new Pool(most, named(name)));
	}

	/** Returns a timer, which need not be shut down, with one thread at most. */
	public ScheduledThreadPoolExecutor timer(String name) {
		return timer(named(name));
	}

	/**
	 * Returns such a timer whose tasks many sessions depend on: its thread is an
	 * {@link IoThread}, on which no code may wait.
	 */
	public ScheduledThreadPoolExecutor servingTimer(String name) {
		return timer(of(name, (task) -> Serving.thread(task, name)));
	}

	private ScheduledThreadPoolExecutor timer(ThreadFactory threads) {
		ScheduledThreadPoolExecutor timer = temporary(new ScheduledThreadPoolExecutor(1, threads));
		timer.setRemoveOnCancelPolicy(true);
		return timer;
	}

	private <P extends ThreadPoolExecutor> P temporary(P pool) {
		pool.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
		pool.allowCoreThreadTimeOut(true);
		this.pools.add(pool);
		return pool;
	}

	/**
	 * Has the threads of pools end as soon as nothing waits for them, from now on: a
	 * servlet container that stops an application looks for threads that it has left
	 * behind.
	 */
	public void endIdle() {
		synchronized (this.pools) {
			// While something is timed, the thread of a timer stays, and looks that often
			// whether it may end.
			this.pools
				.forEach((pool) -> pool.setKeepAliveTime(pool.getQueue().isEmpty() ? 1 : 100, TimeUnit.MILLISECONDS));
		}
	}

	/** Returns a factory of threads that all have one name. */
	public ThreadFactory named(String name) {
		return new Factory(name, null);
	}

	/**
	 * Returns a factory of virtual threads that all have one name.
	 * @throws UnsupportedOperationException if this JVM has none
	 */
	public ThreadFactory virtual(String name) {
		return new Factory(name, new VirtualThreads(name));
	}

	/**
	 * Returns a factory of threads of another kind.
	 * @param name their name
	 * @param special makes them, with that name
	 * @return the factory
	 */
	public ThreadFactory of(String name, ThreadFactory special) {
		return new Factory(name, special);
	}

	/** Returns a factory of threads for a pool, which all have one name. */
	public ForkJoinPool.ForkJoinWorkerThreadFactory workers(String name) {
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

	/** Makes threads of one name. */
	private final class Factory implements ThreadFactory {

		private final String name;

		/**
		 * Makes threads of another kind, which have that name; absent for the usual one.
		 */
		private final @Nullable ThreadFactory special;

		Factory(String name, @Nullable ThreadFactory special) {
			this.name = name;
			this.special = special;
		}

		@Override
		public Thread newThread(Runnable task) {
			return (this.special != null) ? prepared(this.special.newThread(task)) : thread(task, this.name);
		}

	}

	/** Has the threads that there are run what a further one would have run. */
	static final class Pool extends ThreadPoolExecutor {

		Pool(int most, ThreadFactory factory) {
			super(most, most, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
		}

		@Override
		public void execute(Runnable task) {
			try {
				super.execute(task);
			}
			catch (OutOfMemoryError ex) {
				// The task was not taken, though there may be threads that rest
				// (ThreadPoolExecutor).
				if (getPoolSize() == 0 || !getQueue().offer(task)) {
					throw noThread(ex);
				}
			}
		}

	}

	private static final class Serving extends Thread implements IoThread {

		private Serving(Runnable task, String name) {
			super(null, task, name, 0, false);
			setDaemon(true);
		}

		/** Makes one, without a start having to load this class to check the caller. */
		static Thread thread(Runnable task, String name) {
			return new Serving(task, name);
		}

	}

	private static final class Worker extends ForkJoinWorkerThread {

		Worker(ForkJoinPool pool) {
			super(pool);
		}

	}

}
