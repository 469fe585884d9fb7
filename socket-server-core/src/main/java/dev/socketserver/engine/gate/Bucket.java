package dev.socketserver.engine.gate;

import java.util.function.LongSupplier;

import dev.socketserver.spec.gate.Rate;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket: how fast units (messages or bytes) may arrive, and how many at once. By
 * the generic cell rate algorithm (ITU-T I.371) the state of one session is one number,
 * the <em>theoretical arrival time</em>: when all units so far would have arrived at
 * exactly this rate. Immutable.
 * <p>
 * Reading the clock costs more than the rest. So theoretical arrival times are divided
 * into steps, two of which are less than 1 % of the bucket. Within a step, units are
 * counted without the clock; it is read when the next step begins. What was counted
 * without it is lost if the bucket was full. So the bucket is smaller by two steps, and
 * no peer gets more than the burst. Where a step has no room for several batches, there
 * are no steps, and the clock is always read.
 */
final class Bucket {

	/**
	 * In place of the time, where {@link #allowsBatch a batch is allowed} at any. If the
	 * clock ever returns this value, units are counted by the clock: no harm is done.
	 */
	static final long CLOCK_NOT_READ = Long.MIN_VALUE;

	/** The longest time, about 70 years: sums of two do not overflow. */
	private static final long MOST_NANOS = Long.MAX_VALUE / 4;

	/** How many steps fill a bucket, at least. */
	private static final int STEPS = 256;

	/** How many batches, or frames of the greatest length, a step has room for. */
	private static final int BATCHES_IN_STEP = 4;

	private final double nanosEach;

	private final long burst;

	private final long burstNanos;

	/** The time of one unit. */
	private final long unitNanos;

	/** The most units that are decoded at once. */
	private final int batch;

	private final long batchNanos;

	/** The length of a step, a power of two; 1 if there are none. */
	private final long step;

	private Bucket(double nanosEach, long burst, int batch, long leastInStep) {
		this.nanosEach = nanosEach;
		this.burst = burst;
		this.batch = batch;
		this.unitNanos = nanos(1);
		// More than the step of a bucket without steps.
		this.batchNanos = Math.max(2, nanos(batch));
		long longest = Long.highestOneBit(nanos(burst) / STEPS);
		this.step = (longest >= nanos(leastInStep)) ? Math.max(1, longest) : 1;
		this.burstNanos = nanos(burst) - ((this.step > 1) ? 2 * this.step : 0);
	}

	/**
	 * Returns the bucket of a rate.
	 * @param rate the rate
	 * @param burst how many units may arrive at once, or 0 for those of a second
	 * @param longest the units of the longest frame, which passes a smaller bucket, too
	 * @param batch the most units that are decoded at once
	 * @param exact whether the clock is read for each frame
	 */
	static @Nullable Bucket of(@Nullable Rate rate, long burst, long longest, int batch, boolean exact) {
		if (rate == null) {
			return null;
		}
		return new Bucket(rate.nanosEach(), (burst > 0) ? burst : Math.max(rate.inASecond(), longest), batch,
				exact ? Long.MAX_VALUE : BATCHES_IN_STEP * Math.max(longest, batch));
	}

	private long nanos(long count) {
		return Math.min(MOST_NANOS, Math.round(count * this.nanosEach));
	}

	/** Whether a batch may arrive, whatever the clock says. */
	boolean allowsBatch(long arrival) {
		return isInStep(arrival, this.batchNanos);
	}

	/** Whether the theoretical arrival time stays within its step. */
	private boolean isInStep(long arrival, long nanos) {
		return (arrival & (this.step - 1)) + nanos < this.step;
	}

	/**
	 * Returns how many units may arrive now, at most a batch; at least one unless there
	 * is a {@link #wait}.
	 */
	int room(long arrival, long now) {
		if (now == CLOCK_NOT_READ) {
			return this.batch;
		}
		long left = this.burstNanos - Math.max(0, arrival - now);
		if (left < this.unitNanos) {
			return 0;
		}
		return (left >= this.batchNanos) ? this.batch : (int) Math.max(1, left / this.nanosEach);
	}

	/** Whether so many units may arrive now; a full bucket allows more than it holds. */
	boolean allows(long arrival, long now, int units) {
		return Math.max(0, arrival - now) + nanos(Math.min(units, this.burst)) <= this.burstNanos;
	}

	/** Returns in how many nanoseconds one unit may arrive, 0 if it may now. */
	long wait(long arrival, long now) {
		return (now == CLOCK_NOT_READ) ? 0 : Math.max(0, Math.max(0, arrival - now) + this.unitNanos - this.burstNanos);
	}

	/** Returns the theoretical arrival time after so many more units. */
	long after(long arrival, int units, long now, LongSupplier clock) {
		long nanos = nanos(units);
		if (now == CLOCK_NOT_READ && isInStep(arrival, nanos)) {
			return arrival + nanos;
		}
		long known = (now == CLOCK_NOT_READ) ? clock.getAsLong() : now;
		return known + Math.min(MOST_NANOS, Math.max(0, arrival - known) + nanos);
	}

}
