package dev.socketserver.engine.drain;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The clock of {@link Turns}, and what runs them. Safe for use by several threads.
 */
public final class TurnTimer {

	private final ScheduledExecutorService executor;

	private final LongSupplier clock;

	/**
	 * Creates a timer.
	 * @param executor runs tasks later; once it has ended, nothing more is run
	 * @param clock gives the time in nanoseconds
	 */
	public TurnTimer(ScheduledExecutorService executor, LongSupplier clock) {
		this.executor = executor;
		this.clock = clock;
	}

	/**
	 * Returns a timer with the time of the system.
	 * @param executor runs tasks later; once it has ended, nothing more is run
	 * @return the timer
	 */
	public static TurnTimer of(ScheduledExecutorService executor) {
		return new TurnTimer(executor, System::nanoTime);
	}

	/**
	 * Returns the time.
	 * @return the time in nanoseconds
	 */
	public long now() {
		return this.clock.getAsLong();
	}

	/**
	 * Runs a task later, on a thread of the timer.
	 * @param time when, by {@link #now()}
	 * @param task what to run
	 * @return cancels it
	 */
	public Runnable at(long time, Runnable task) {
		try {
			Future<?> later = this.executor.schedule(task, time - now(), TimeUnit.NANOSECONDS);
			return () -> later.cancel(false);
		}
		catch (RejectedExecutionException ex) {
			// The application has ended, and with it all sessions.
			return () -> {
			};
		}
	}

}
