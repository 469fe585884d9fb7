package dev.socketserver.engine.threads;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

/**
 * An executor of the application, wrapped so that it does what the engine needs: it runs
 * a task once or refuses it, and never runs it on the thread that hands it over. That may
 * be an I/O thread, where no user code may run, or a thread in the middle of other user
 * code. If the executor tries to, because it has no thread to spare, the task counts as
 * refused.
 */
public final class LentExecutor {

	private static final SafeLogger logger = SafeLogger.of(LentExecutor.class);

	private final String owner;

	private final Executor executor;

	private final AtomicBoolean warned = new AtomicBoolean();

	/** How many tasks the executor has taken and not begun. */
	private final AtomicInteger waiting = new AtomicInteger();

	public LentExecutor(String owner, Executor executor) {
		this.owner = owner;
		this.executor = executor;
	}

	/**
	 * Runs a task, without waiting.
	 * @param task the task
	 * @return {@code false} if it will not be run
	 */
	public boolean execute(Runnable task) {
		Once once = new Once(task);
		try {
			this.executor.execute(once);
		}
		catch (RejectedExecutionException ex) {
			return !once.revoke();
		}
		catch (Throwable ex) {
			// User code, which need not declare what it throws.
			logger.error("{}: the executor of its handlers failed", this.owner, ex);
			return !once.revoke();
		}
		if (once.ranHere()) {
			if (this.warned.compareAndSet(false, true)) {
				logger.warn(
						"{}: the executor of its handlers runs tasks on the thread that hands them "
								+ "over, which is an I/O thread; sessions are closed with EXECUTOR_REJECTED instead",
						this.owner);
			}
			return !once.revoke();
		}
		return true;
	}

	/** Whether tasks wait for a thread, as in the queue of a pool. */
	public boolean hasWaiting() {
		return this.waiting.get() > 0;
	}

	/**
	 * Whether it is known to run no further task.
	 * @return {@code false} if it may run more, or does not know
	 */
	public boolean isShutdown() {
		return this.executor instanceof ExecutorService service && service.isShutdown();
	}

	/** Runs its task at most once, however often it is called. */
	private final class Once implements Runnable {

		private final AtomicBoolean taken = new AtomicBoolean();

		private final Runnable task;

		/** A plain field: only that very thread has to see its own write. */
		private @Nullable Thread handingOver = Thread.currentThread();

		private boolean ranHere;

		Once(Runnable task) {
			this.task = task;
			LentExecutor.this.waiting.incrementAndGet();
		}

		@Override
		public void run() {
			if (this.handingOver == Thread.currentThread()) {
				this.ranHere = true;
			}
			else if (take()) {
				this.task.run();
				// An interrupt was meant for the task that has just run, not for the
				// next.
				Thread.interrupted();
			}
		}

		/** Whether it was called while it was being handed over; asked once. */
		boolean ranHere() {
			this.handingOver = null;
			return this.ranHere;
		}

		/**
		 * Keeps the task from being run.
		 * @return {@code false} if it has begun already
		 */
		boolean revoke() {
			this.handingOver = null;
			return take();
		}

		private boolean take() {
			boolean first = this.taken.compareAndSet(false, true);
			if (first) {
				LentExecutor.this.waiting.decrementAndGet();
			}
			return first;
		}

	}

}
