package dev.socketserver.engine.threads;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Calls the {@link Background} from threads of its own. Makes one for a call that comes
 * while nothing else waits here.
 */
final class BackgroundPool extends ForkJoinPool {

	private static final int THREADS = 4;

	private final Runnable called;

	/**
	 * Creates a pool without threads.
	 * @param workers makes them
	 * @param handler is notified of what a thread could not do
	 * @param called is called; it does not throw
	 */
	BackgroundPool(ForkJoinWorkerThreadFactory workers, Thread.UncaughtExceptionHandler handler, Runnable called) {
		super(THREADS, workers, handler, true, 0, Integer.MAX_VALUE, 1, (pool) -> true, DaemonThreads.IDLE_SECONDS,
				TimeUnit.SECONDS);
		this.called = called;
	}

	/** Has a thread call. */
	void call() {
		execute(new Call(this.called));
	}

	@Override
	public synchronized void shutdown() {
		super.shutdown();
	}

	/**
	 * Forgets the calls that wait, but nothing that callbacks of the application's have
	 * forked here, with a parallel stream say.
	 */
	synchronized void clear() {
		if (isShutdown()) {
			// It would refuse what was forked, and needs no call.
			return;
		}
		List<ForkJoinTask<?>> waiting = new ArrayList<>();
		drainTasksTo(waiting);
		waiting.removeIf(Call.class::isInstance);
		for (ForkJoinTask<?> forked : waiting) {
			try {
				execute(forked);
			}
			catch (OutOfMemoryError ex) {
				// It waits here again all the same.
			}
		}
	}

	@SuppressWarnings("serial") // it is never serialized
	private static final class Call extends ForkJoinTask<@Nullable Void> {

		private final Runnable called;

		Call(Runnable called) {
			this.called = called;
		}

		@Override
		protected boolean exec() {
			this.called.run();
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

}
