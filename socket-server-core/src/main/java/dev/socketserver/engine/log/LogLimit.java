package dev.socketserver.engine.log;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Keeps one cause from filling the log. An interval begins with a line. The first few
 * lines of it are logged one by one; further ones are only counted, and at its end one
 * line says how many there were. The next line begins another interval. Or else it goes
 * on with one line for each interval, which says how many there were, until an interval
 * passes without any.
 * <p>
 * Safe for use by several threads; lines are logged without a lock.
 */
public final class LogLimit {

	/** How long an interval is. */
	public static final long INTERVAL_SECONDS = 10;

	private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(INTERVAL_SECONDS);

	private final int most;

	private final long interval;

	/** Whether an interval behind one with too many lines has the count only. */
	private final boolean goesOn;

	private final LongSupplier nanoTime;

	private final BiConsumer<Runnable, Long> timer;

	private final LongConsumer summary;

	private long since;

	private int logged;

	/** Whether lines are being swallowed, and the timer will log how many. */
	private boolean flooded;

	private long swallowed;

	/**
	 * Creates a limit. If an interval may have one line only, that with the count is the
	 * one of the next.
	 * @param most how many lines of an interval are logged one by one
	 * @param timer has the time pass
	 * @param nanoTime the time, as {@link System#nanoTime()} has it
	 * @param summary logs how many lines were swallowed
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // only a logger may fail there
	public LogLimit(int most, ScheduledExecutorService timer, LongSupplier nanoTime, LongConsumer summary) {
		this(most, INTERVAL_NANOS, most == 1, (task, nanos) -> timer.schedule(task, nanos, TimeUnit.NANOSECONDS),
				nanoTime, summary);
	}

	/**
	 * Creates a limit with an interval of its own, which goes on with the counts.
	 * @param most how many lines of an interval are logged one by one
	 * @param interval how long an interval is, in nanoseconds
	 * @param timer runs a task after some nanoseconds
	 * @param nanoTime the time, as {@link System#nanoTime()} has it
	 * @param summary logs how many lines were swallowed
	 */
	public LogLimit(int most, long interval, BiConsumer<Runnable, Long> timer, LongSupplier nanoTime,
			LongConsumer summary) {
		this(most, interval, true, timer, nanoTime, summary);
	}

	private LogLimit(int most, long interval, boolean goesOn, BiConsumer<Runnable, Long> timer, LongSupplier nanoTime,
			LongConsumer summary) {
		this.most = most;
		this.interval = interval;
		this.goesOn = goesOn;
		this.timer = timer;
		this.nanoTime = nanoTime;
		this.summary = summary;
		this.since = nanoTime.getAsLong();
	}

	/**
	 * Logs a line, or counts it.
	 * @param line logs it
	 */
	public void log(Runnable line) {
		if (mayLog()) {
			line.run();
		}
	}

	private synchronized boolean mayLog() {
		if (this.flooded) {
			this.swallowed++;
			return false;
		}
		long now = this.nanoTime.getAsLong();
		if (now - this.since >= this.interval) {
			this.since = now;
			this.logged = 0;
		}
		if (this.logged < this.most) {
			this.logged++;
			return true;
		}
		this.flooded = checkLater(this.interval - (now - this.since));
		this.swallowed = this.flooded ? 1 : 0;
		return !this.flooded;
	}

	private boolean checkLater(long nanos) {
		try {
			this.timer.accept(this::intervalOver, nanos);
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	private void intervalOver() {
		long count;
		synchronized (this) {
			count = this.swallowed;
			this.swallowed = 0;
			this.flooded = count > 0 && this.goesOn && checkLater(this.interval);
			this.logged = 0;
			this.since = this.nanoTime.getAsLong() - (this.flooded ? 0 : this.interval);
		}
		report(count);
	}

	/**
	 * Returns whether the interval is over, and nothing is left to report of it: the next
	 * line begins another one.
	 */
	synchronized boolean isOver() {
		return !this.flooded && this.nanoTime.getAsLong() - this.since >= this.interval;
	}

	/** Says at once how many lines were swallowed, if some were. */
	public void flush() {
		long count;
		synchronized (this) {
			count = this.swallowed;
			this.swallowed = 0;
		}
		report(count);
	}

	private void report(long count) {
		if (count > 0) {
			this.summary.accept(count);
		}
	}

}
