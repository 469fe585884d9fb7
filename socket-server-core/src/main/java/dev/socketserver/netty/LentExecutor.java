package dev.socketserver.netty;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketserver.session.SteadyLogger;
import org.jspecify.annotations.Nullable;

/**
 * An executor of the application's, held to what the engine needs of one: that a task
 * runs once or is refused, and never on the thread that hands it over. That would be an
 * I/O thread, where no user code may run, or one in the middle of other user code. An
 * executor that tries, because it has no threads or none to spare, has refused the task.
 */
final class LentExecutor {

	private static final SteadyLogger logger = SteadyLogger.of(LentExecutor.class);

	private final String owner;

	private final Executor executor;

	private final AtomicBoolean warned = new AtomicBoolean();

	LentExecutor(String owner, Executor executor) {
		this.owner = owner;
		this.executor = executor;
	}

	/**
	 * Runs a task, without waiting.
	 * @param task the task
	 * @return {@code false} if it will not be run
	 */
	boolean execute(Runnable task) {
		Once once = new Once(task);
		try {
			this.executor.execute(once);
		}
		catch (RejectedExecutionException ex) {
			return !once.revoke();
		}
		catch (Throwable ex) {
			// It is user code, which need not declare what it throws.
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

	/** Runs its task once at most, whoever calls it how often. */
	private static final class Once implements Runnable {

		private final AtomicBoolean taken = new AtomicBoolean();

		private final Runnable task;

		/** Plain: only this very thread has to see what it wrote. */
		private @Nullable Thread handingOver = Thread.currentThread();

		private boolean ranHere;

		Once(Runnable task) {
			this.task = task;
		}

		@Override
		public void run() {
			if (this.handingOver == Thread.currentThread()) {
				this.ranHere = true;
			}
			else if (this.taken.compareAndSet(false, true)) {
				this.task.run();
				// Meant for what has just run, not for the next.
				Thread.interrupted();
			}
		}

		/** Whether it was called while it was being handed over; asked once. */
		boolean ranHere() {
			this.handingOver = null;
			return this.ranHere;
		}

		/** Returns whether the task had not begun, and now will not. */
		boolean revoke() {
			this.handingOver = null;
			return this.taken.compareAndSet(false, true);
		}

	}

}
