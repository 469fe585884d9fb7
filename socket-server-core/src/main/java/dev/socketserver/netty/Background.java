package dev.socketserver.netty;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The threads for what must run neither on an event loop nor on a lane. A
 * {@link ForkJoinPool}, which makes further threads while some of them wait, queues a
 * task before it makes a thread. If the system gives none, it throws, and has the task
 * all the same, but makes a thread for it only with the next: so it is given another one
 * every now and then, until it has come to them.
 */
final class Background implements Executor {

	private static final long NEXT_TRY_MILLIS = 500;

	private final ForkJoinPool pool;

	private final ScheduledExecutorService timer;

	private final AtomicBoolean trying = new AtomicBoolean();

	Background(ForkJoinPool pool, ScheduledExecutorService timer) {
		this.pool = pool;
		this.timer = timer;
	}

	/**
	 * Runs a task.
	 * @param task the task
	 * @throws OutOfMemoryError if there is no thread now; the task runs when there is one
	 */
	@Override
	public void execute(Runnable task) {
		try {
			this.pool.execute(task);
		}
		catch (OutOfMemoryError ex) {
			tryLater();
			throw ex;
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
	private void tryLater() {
		if (this.trying.compareAndSet(false, true)) {
			try {
				this.timer.schedule(this::tryAgain, NEXT_TRY_MILLIS, TimeUnit.MILLISECONDS);
			}
			catch (OutOfMemoryError ex) {
				// It has no thread either: the next who needs one asks again.
				this.trying.set(false);
			}
		}
	}

	private void tryAgain() {
		this.trying.set(false);
		try {
			execute(() -> {
			});
		}
		catch (OutOfMemoryError ex) {
			// Still none: it will be tried again.
		}
	}

}
