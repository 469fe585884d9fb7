package dev.socketserver.engine.threads;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.spi.HandlerExecutor;
import org.jspecify.annotations.Nullable;

/**
 * An executor of the application, wrapped so that it does what the engine needs: it runs
 * a task once or refuses it, and never runs it on the thread that hands it over. That may
 * be an I/O thread, where no user code may run, or a thread in the middle of other user
 * code. If the executor tries to, because it has no thread to spare, the task counts as
 * refused. Whoever hands tasks over must be able to wait if the executor may.
 */
public final class LentExecutor {

	private static final SafeLogger logger = SafeLogger.of(LentExecutor.class);

	/** An executor that lets its caller wait for longer is logged. */
	private static final long LONG_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final String owner;

	private final Executor executor;

	private final String name;

	private final boolean mayWait;

	private final AtomicBoolean warned = new AtomicBoolean();

	private final AtomicBoolean warnedOfWait = new AtomicBoolean();

	/** How many tasks the executor has taken and not begun. */
	private final AtomicInteger waiting = new AtomicInteger();

	public LentExecutor(String owner, Executor executor) {
		this.owner = owner;
		HandlerExecutor named = (executor instanceof HandlerExecutor handlers) ? handlers : null;
		this.executor = (named != null) ? named.executor() : executor;
		this.name = (named != null) ? " '" + named.name() + "'" : "";
		this.mayWait = (named != null) ? named.mayWait() : HandlerExecutor.mayWait(executor);
	}

	/** Whether {@link #execute} may wait, so that no event loop may call it. */
	public boolean mayWait() {
		return this.mayWait;
	}

	/**
	 * Runs a task, without waiting unless the executor does.
	 * @param task the task
	 * @return {@code false} if it will not be run
	 */
	public boolean execute(Runnable task) {
		if (!this.mayWait) {
			return executeNow(task);
		}
		long began = System.nanoTime();
		boolean taken = executeNow(task);
		long waited = System.nanoTime() - began;
		if (waited >= LONG_WAIT_NANOS && this.warnedOfWait.compareAndSet(false, true)) {
			logger.warn("{}: the executor{} of its handlers had no free thread for {} ms; handlers wait for it",
					this.owner, this.name, TimeUnit.NANOSECONDS.toMillis(waited));
		}
		return taken;
	}

	private boolean executeNow(Runnable task) {
		Once once = new Once(task);
		try {
			this.executor.execute(once);
		}
		catch (RejectedExecutionException ex) {
			return !once.revoke();
		}
		catch (Throwable ex) {
			// User code, which need not declare what it throws.
			logger.error("{}: the executor{} of its handlers failed", this.owner, this.name, ex);
			return !once.revoke();
		}
		if (once.ranHere()) {
			if (this.warned.compareAndSet(false, true)) {
				logger.warn(
						"{}: the executor{} of its handlers runs tasks on the thread that hands them "
								+ "over, which no handler may hold; sessions are closed with EXECUTOR_REJECTED instead",
						this.owner, this.name);
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
