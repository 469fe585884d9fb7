package dev.socketserver.engine.threads;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import dev.socketserver.engine.log.NanoTime;
import org.jspecify.annotations.Nullable;

/**
 * The scheduled end of something that may be over sooner, even before that end is
 * scheduled. What a timer keeps keeps its thread alive, too. Any thread.
 */
public final class Deadline {

	/** By how much a timer may be late without a reason that delays all others, too. */
	private static final long MOST_LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private final LongSupplier nanoTime;

	/** Guarded by this. */
	private @Nullable Future<?> end;

	/** Guarded by this. */
	private boolean over;

	/** Creates an end that is not scheduled yet. */
	public Deadline() {
		this(NanoTime.SYSTEM);
	}

	/**
	 * Creates an end that is not scheduled yet.
	 * @param nanoTime says how late a timer is
	 */
	public Deadline(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * The end is scheduled, or another in its place.
	 * @param end the end, which is cancelled at once if it was over before
	 */
	public synchronized void set(Future<?> end) {
		this.end = end;
		if (this.over) {
			end.cancel(false);
		}
	}

	/**
	 * Schedules the end of a time that begins now.
	 * @param timer has time pass
	 * @param nanos the whole time
	 * @param end is run when the time is over, as
	 * {@link #begin(ScheduledExecutorService, long, long, Runnable)} says
	 */
	public void begin(ScheduledExecutorService timer, long nanos, Runnable end) {
		begin(timer, nanos, nanos, end);
	}

	/**
	 * Schedules the end of the time that a peer has. If that comes late, the process was
	 * stopped, or could not run: what has arrived meanwhile is taken first, and so the
	 * peer has as much time again, at most the whole, however often its timer is late.
	 * @param timer has time pass
	 * @param nanos the time that is left
	 * @param most the whole time
	 * @param end is run when the time is over
	 */
	public void begin(ScheduledExecutorService timer, long nanos, long most, Runnable end) {
		long due = this.nanoTime.getAsLong() + nanos;
		set(timer.schedule(() -> {
			long late = late(due, this.nanoTime.getAsLong(), most);
			if (late > 0) {
				begin(timer, late, most - late, end);
			}
			else {
				end.run();
			}
		}, nanos, TimeUnit.NANOSECONDS));
	}

	/**
	 * Returns how much longer a peer has whose time is over, because no thread could look
	 * at what it had sent.
	 * @param due when it was over
	 * @param now the time, by the same clock
	 * @param most how long it has at most, in nanoseconds
	 * @return the nanoseconds from now on; 0 if its time was over just now
	 */
	public static long late(long due, long now, long most) {
		long late = now - due;
		return (late > MOST_LATE_NANOS) ? Math.min(late, most) : 0;
	}

	/** It is over, and no end is to follow. */
	public synchronized void cancel() {
		this.over = true;
		if (this.end != null) {
			this.end.cancel(false);
		}
	}

}
