package dev.socketserver.engine.threads;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The threads for tasks that must run neither on an event loop nor on a lane, such as
 * completing the future of a send. What the application has chained to one future may
 * wait for another, which completes here, too: so this has a {@link ForkJoinPool}, which
 * makes further threads while some of them wait.
 * <p>
 * A {@code ForkJoinPool} loses tasks when the system gives it no thread: the task that
 * such a thread has just taken, and those that wait, for which it does not ask for a
 * thread again. So the tasks are kept in a queue here, and the pool is given only one
 * call for each. As long as there are tasks and no thread, the pool is cleared and called
 * anew now and then.
 */
public final class Background implements Executor, Thread.UncaughtExceptionHandler {

	private static final long NEXT_TRY_MILLIS = 500;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final Supplier<? extends ForkJoinPool.ForkJoinWorkerThreadFactory> workers;

	/** Makes threads for tasks that arrive when the pool is shut down. */
	private final ThreadFactory threads;

	private final ScheduledExecutorService timer;

	/**
	 * Made with the first task: a start has none, and need not load what a pool needs.
	 */
	private volatile @Nullable BackgroundPool pool;

	/** Guarded by this. */
	private boolean ended;

	private final AtomicBoolean trying = new AtomicBoolean();

	/**
	 * Creates an executor without threads.
	 * @param workers gives what makes them; asked once, with the first task
	 * @param threads makes those for tasks that arrive when the others have ended
	 * @param timer tries again where the system gave none
	 */
	public Background(Supplier<? extends ForkJoinPool.ForkJoinWorkerThreadFactory> workers, ThreadFactory threads,
			ScheduledExecutorService timer) {
		this.workers = workers;
		this.threads = threads;
		this.timer = timer;
	}

	/**
	 * Runs a task.
	 * @param task the task
	 * @throws RejectedExecutionException if there is no thread now; the task runs when
	 * there is one
	 */
	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
		call();
	}

	private void call() {
		try {
			begin();
		}
		catch (OutOfMemoryError ex) {
			tryLater();
			throw DaemonThreads.noThread(ex);
		}
	}

	private void begin() {
		BackgroundPool pool = pool();
		if (pool != null) {
			try {
				pool.call();
				if (!pool.isShutdown()) {
					return;
				}
				// It may have ended before it took the call.
			}
			catch (RejectedExecutionException ex) {
				// It is shut down.
			}
		}
		this.threads.newThread(this::runNext).start();
	}

	/** Returns the pool, or none if it was not needed before it was to end. */
	private @Nullable BackgroundPool pool() {
		BackgroundPool made = this.pool;
		return (made != null) ? made : makePool();
	}

	private synchronized @Nullable BackgroundPool makePool() {
		if (this.pool == null && !this.ended) {
			this.pool = new BackgroundPool(this.workers.get(), this, this::runNext);
		}
		return this.pool;
	}

	/**
	 * Has threads end that have nothing to do. From now on, each task has a thread of its
	 * own.
	 */
	public synchronized void endIdle() {
		this.ended = true;
		if (this.pool != null) {
			this.pool.shutdown();
		}
	}

	private void runNext() {
		try {
			Runnable task = this.tasks.poll();
			if (task != null) {
				task.run();
			}
		}
		catch (Throwable ex) {
			uncaughtException(Thread.currentThread(), ex);
		}
	}

	/** A task has thrown, or a thread ends because there is no other. */
	@Override
	public void uncaughtException(Thread thread, Throwable failure) {
		tryLater();
		thread.getThreadGroup().uncaughtException(thread, failure);
	}

	private void tryLater() {
		if (this.trying.compareAndSet(false, true)
				&& !DaemonThreads.schedule(this.timer, this::tryAgain, NEXT_TRY_MILLIS)) {
			// The timer has no thread either: whoever next needs one tries again.
			this.trying.set(false);
		}
	}

	private void tryAgain() {
		this.trying.set(false);
		BackgroundPool cleared = this.pool;
		if (cleared != null) {
			cleared.clear();
		}
		for (int left = this.tasks.size(); left > 0; left--) {
			try {
				call();
			}
			catch (RejectedExecutionException ex) {
				// Still none: it will be tried again.
				return;
			}
		}
	}

}
