package dev.socketserver.engine.threads;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketserver.engine.lane.KeptTaskException;
import org.jspecify.annotations.Nullable;

/**
 * The threads for tasks that must run neither on an event loop nor on a lane, such as
 * completing the future of a send. What the application has chained to one future may
 * wait for another, which completes here, too: so this is a {@link ForkJoinPool}, which
 * makes further threads while some of them wait.
 * <p>
 * A {@code ForkJoinPool} loses tasks when the system gives it no thread: the task that
 * such a thread has just taken, and those that wait, for which it does not ask for a
 * thread again. So the tasks are kept in a queue here, and the pool is given only one
 * {@link NextTask} for each. As long as there are tasks and no thread, the pool is
 * cleared and called anew now and then.
 */
public final class Background implements Executor, Thread.UncaughtExceptionHandler {

	private static final int THREADS = 4;

	private static final long NEXT_TRY_MILLIS = 500;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	/**
	 * Made before it is needed: that no file can be opened is said by it, and then no
	 * class can be loaded either.
	 */
	private final Pool pool;

	/** Makes threads for tasks that arrive when the pool is shut down. */
	private final ThreadFactory threads;

	private final ScheduledExecutorService timer;

	private final AtomicBoolean trying = new AtomicBoolean();

	/**
	 * Creates an executor without threads.
	 * @param workers makes them
	 * @param threads makes those for tasks that arrive when the others have ended
	 * @param timer tries again where the system gave none
	 */
	public Background(ForkJoinPool.ForkJoinWorkerThreadFactory workers, ThreadFactory threads,
			ScheduledExecutorService timer) {
		this.pool = new Pool(workers, this);
		this.threads = threads;
		this.timer = timer;
	}

	/**
	 * Runs a task.
	 * @param task the task
	 * @throws RejectedExecutionException if there is no thread now: a
	 * {@link KeptTaskException}
	 */
	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
		try {
			call();
		}
		catch (RejectedExecutionException ex) {
			throw KeptTaskException.of(ex, () -> this.tasks.remove(task));
		}
	}

	private void call() {
		try {
			begin(new NextTask());
		}
		catch (OutOfMemoryError ex) {
			tryLater();
			throw DaemonThreads.noThread(ex);
		}
	}

	private void begin(NextTask call) {
		try {
			this.pool.execute(call);
			if (!this.pool.isShutdown()) {
				return;
			}
			// It may have ended before it took the call.
		}
		catch (RejectedExecutionException ex) {
			// It is shut down.
		}
		this.threads.newThread(call::exec).start();
	}

	/**
	 * Has threads end that have nothing to do. From now on, each task has a thread of its
	 * own.
	 */
	public void endIdle() {
		this.pool.shutdown();
	}

	private void runNext() {
		Runnable task = this.tasks.poll();
		if (task != null) {
			task.run();
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
		this.pool.clear();
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

	/** Has a thread run the next task. */
	@SuppressWarnings("serial") // it is never serialized
	private final class NextTask extends ForkJoinTask<@Nullable Void> {

		@Override
		protected boolean exec() {
			try {
				runNext();
			}
			catch (Throwable ex) {
				uncaughtException(Thread.currentThread(), ex);
			}
			return true;
		}

		@Override
		public @Nullable Void getRawResult() {
			return null;
		}

		@Override
		protected void setRawResult(@Nullable Void value) {
			// There is none.
		}

	}

	/** Makes a thread for tasks that arrive while nothing else waits there. */
	private static final class Pool extends ForkJoinPool {

		Pool(ForkJoinWorkerThreadFactory workers, Thread.UncaughtExceptionHandler handler) {
			super(THREADS, workers, handler, true, 0, Integer.MAX_VALUE, 1, (pool) -> true, DaemonThreads.IDLE_SECONDS,
					TimeUnit.SECONDS);
		}

		@Override
		public synchronized void shutdown() {
			super.shutdown();
		}

		/**
		 * Forgets the calls that wait, but nothing that callbacks of the application's
		 * have forked here, with a parallel stream say.
		 */
		synchronized void clear() {
			if (isShutdown()) {
				// It would refuse what was forked, and needs no call.
				return;
			}
			List<ForkJoinTask<?>> waiting = new ArrayList<>();
			drainTasksTo(waiting);
			waiting.removeIf(NextTask.class::isInstance);
			for (ForkJoinTask<?> forked : waiting) {
				try {
					execute(forked);
				}
				catch (OutOfMemoryError ex) {
					// It waits here again all the same.
				}
			}
		}

	}

}
