package dev.socketserver.engine.drain;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The clock of {@link Turns}, to which tests give another one.
 */
public interface TurnTimer {

	/**
	 * Returns the time.
	 * @return the time in nanoseconds
	 */
	long now();

	/**
	 * Runs a task later, on a thread of the timer.
	 * @param time when, by {@link #now()}
	 * @param task what to run
	 * @return cancels it
	 */
	Runnable at(long time, Runnable task);

	/**
	 * Returns the timer that an executor is.
	 * @param executor the executor; once it has ended, nothing more is run
	 * @return a timer with the time of the system
	 */
	static TurnTimer of(ScheduledExecutorService executor) {
		return new TurnTimer() {

			@Override
			public long now() {
				return System.nanoTime();
			}

			@Override
			public Runnable at(long time, Runnable task) {
				try {
					Future<?> later = executor.schedule(task, time - now(), TimeUnit.NANOSECONDS);
					return () -> later.cancel(false);
				}
				catch (RejectedExecutionException ex) {
					// The application has ended, and with it all sessions.
					return () -> {
					};
				}
			}

		};
	}

}
