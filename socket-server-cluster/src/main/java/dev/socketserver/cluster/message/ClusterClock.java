package dev.socketserver.cluster.message;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/**
 * The time of a node, and the order in which its tasks run.
 */
public interface ClusterClock {

	/** By how much a task may be late without a reason that delays answers, too. */
	long MOST_LATE_NANOS = 50_000_000;

	/**
	 * Returns the time since some moment.
	 * @return the time, in nanoseconds
	 */
	long nanoTime();

	/**
	 * Runs a task after those that were given before. Tasks never run at the same time.
	 * @param task the task
	 */
	void execute(Runnable task);

	/**
	 * Runs a task later, as {@link #execute} does.
	 * @param task the task
	 * @param delay how much later, in nanoseconds
	 */
	void schedule(Runnable task, long delay);

	/**
	 * Runs a task when the time for an answer is over. If that comes late, the process
	 * was stopped, or could not run: answers may have come meanwhile, and are taken
	 * first.
	 * @param task the task
	 * @param nanos the time, in nanoseconds
	 */
	default void scheduleEnd(Runnable task, long nanos) {
		long due = nanoTime() + nanos;
		schedule(() -> {
			long longer = longer(due, nanoTime(), nanos);
			if (longer > 0) {
				schedule(task, longer);
			}
			else {
				task.run();
			}
		}, nanos);
	}

	/**
	 * Returns how much longer an answer may take whose time is over, because none was
	 * read meanwhile.
	 * @param due when its time was over
	 * @param now the time, by the same clock
	 * @param most how long it may take at most, in nanoseconds
	 * @return the nanoseconds from now on; 0 if its time was over just now
	 */
	static long longer(long due, long now, long most) {
		long late = now - due;
		return (late > MOST_LATE_NANOS) ? Math.min(late, most) : 0;
	}

	/**
	 * Runs a task, as {@link #execute} does, when a future is done.
	 * @param future the future
	 * @param task gets its value, or else its failure
	 * @param <T> the type of the value
	 */
	default <T extends @Nullable Object> void whenDone(CompletableFuture<T> future,
			BiConsumer<T, @Nullable Throwable> task) {
		CompletableFuture<?> unused = future
			.whenComplete((value, failure) -> execute(() -> task.accept(value, failure)));
	}

	/**
	 * Returns where code of the application runs, such as what is chained to a future.
	 * @return an executor, on which tasks may wait
	 */
	Executor callbacks();

}
