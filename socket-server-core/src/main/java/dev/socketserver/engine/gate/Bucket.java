package dev.socketserver.engine.gate;

import java.util.function.LongSupplier;

import dev.socketserver.spec.gate.Rate;
import org.jspecify.annotations.Nullable;

/**
 * How fast something may come, and how much at once. The state of one session is a single
 * number, when it is due: the time at which all that has come would have come at exactly
 * this rate (the generic cell rate algorithm, ITU-T I.371). Immutable.
 * <p>
 * A look at the clock costs more than the rest. So the times at which something is due
 * are divided into steps, each so short that less than 1 % of the bucket is due in two of
 * them: within a step what comes is counted without the clock, which is looked at when
 * the next step begins. What is counted so may be forgotten, if the bucket was full. So
 * the bucket is by two steps smaller, and nobody ever gets more than the burst. If a step
 * would have no room for several reads there are none, and the clock is always looked at.
 */
final class Bucket {

	/**
	 * In place of the time, where there is {@link #hasPlenty plenty} at any. A clock that
	 * says just that makes no difference: what is taken is counted by the clock then.
	 */
	static final long ANY_TIME = Long.MIN_VALUE;

	/** The longest debt, about 70 years: sums of two do not overflow. */
	private static final long MOST_NANOS = Long.MAX_VALUE / 4;

	/** How many steps fill a bucket, or a few more. */
	private static final int STEPS = 256;

	/** A step has at least so many times what may come at once. */
	private static final int LEAST = 4;

	private final double nanosEach;

	private final long burst;

	private final long burstNanos;

	/** What one takes. */
	private final long oneNanos;

	/** What is as much as is ever asked for at once. */
	private final int plenty;

	private final long plentyNanos;

	/** How long a step is, a power of two; 1 if there are none. */
	private final long step;

	private Bucket(double nanosEach, long burst, int plenty, long least) {
		this.nanosEach = nanosEach;
		this.burst = burst;
		this.plenty = plenty;
		this.oneNanos = nanos(1);
		// More than a step that is none.
		this.plentyNanos = Math.max(2, nanos(plenty));
		long longest = Long.highestOneBit(nanos(burst) / STEPS);
		this.step = (longest >= nanos(least)) ? Math.max(1, longest) : 1;
		this.burstNanos = nanos(burst) - ((this.step > 1) ? 2 * this.step : 0);
	}

	/**
	 * Returns the bucket of a rate.
	 * @param rate the rate
	 * @param burst how much may come at once, or 0 for what comes in a second
	 * @param longest how much is a whole, which passes even if the bucket is smaller
	 * @param plenty as much as is ever asked for at once
	 * @param exact whether it is looked at the clock for whatever comes
	 */
	static @Nullable Bucket of(@Nullable Rate rate, long burst, long longest, int plenty, boolean exact) {
		if (rate == null) {
			return null;
		}
		return new Bucket(rate.nanosEach(), (burst > 0) ? burst : Math.max(rate.inASecond(), longest), plenty,
				exact ? Long.MAX_VALUE : LEAST * Math.max(longest, plenty));
	}

	private long nanos(long count) {
		return Math.min(MOST_NANOS, Math.round(count * this.nanosEach));
	}

	/** Whether as much as is ever asked for at once may come, whatever the time is. */
	boolean hasPlenty(long due) {
		return stays(due, this.plentyNanos);
	}

	/** Whether something more is due in the same step. */
	private boolean stays(long due, long nanos) {
		return (due & (this.step - 1)) + nanos < this.step;
	}

	/**
	 * Returns how many may come now, or as many as are ever asked for if more may; at
	 * least one unless there is a {@link #wait}.
	 */
	int room(long due, long now) {
		if (now == ANY_TIME) {
			return this.plenty;
		}
		long left = this.burstNanos - Math.max(0, due - now);
		if (left < this.oneNanos) {
			return 0;
		}
		return (left >= this.plentyNanos) ? this.plenty : (int) Math.max(1, left / this.nanosEach);
	}

	/** Whether so many may come now: more than the bucket holds, if that is full. */
	boolean holds(long due, long now, int count) {
		return Math.max(0, due - now) + nanos(Math.min(count, this.burst)) <= this.burstNanos;
	}

	/** Returns in how many nanoseconds one may come, 0 if it may now. */
	long wait(long due, long now) {
		return (now == ANY_TIME) ? 0 : Math.max(0, Math.max(0, due - now) + this.oneNanos - this.burstNanos);
	}

	/** Returns when a session is due of which some have come. */
	long taken(long due, int count, long now, LongSupplier clock) {
		long nanos = nanos(count);
		if (now == ANY_TIME && stays(due, nanos)) {
			return due + nanos;
		}
		long known = (now == ANY_TIME) ? clock.getAsLong() : now;
		return known + Math.min(MOST_NANOS, Math.max(0, due - known) + nanos);
	}

}
