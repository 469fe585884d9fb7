package dev.socketserver.engine.gate;

import dev.socketserver.spec.gate.Rate;
import org.jspecify.annotations.Nullable;

/**
 * How fast something may come, and how much at once. The state of one session is a single
 * number: the time at which all that has come would have come at exactly this rate (the
 * generic cell rate algorithm, ITU-T I.371). Immutable.
 */
final class Bucket {

	/** The longest debt, about 70 years: sums of two do not overflow. */
	private static final long MOST_NANOS = Long.MAX_VALUE / 4;

	private static final int PLENTY = 64 * 1024;

	private final double nanosEach;

	private final long burst;

	private final long burstNanos;

	/** What one takes, and what is more than is ever asked for at once. */
	private final long oneNanos;

	private final long plentyNanos;

	private Bucket(double nanosEach, long burst) {
		this.nanosEach = nanosEach;
		this.burst = burst;
		this.burstNanos = nanos(burst);
		this.oneNanos = nanos(1);
		this.plentyNanos = nanos(PLENTY);
	}

	static @Nullable Bucket of(@Nullable Rate rate, long burst, long least) {
		if (rate == null) {
			return null;
		}
		return new Bucket(rate.nanosEach(), (burst > 0) ? burst : Math.max(rate.inASecond(), least));
	}

	private long nanos(long count) {
		return Math.min(MOST_NANOS, Math.round(count * this.nanosEach));
	}

	/**
	 * Returns how many may come now, or {@value #PLENTY} if more may; at least one unless
	 * there is a {@link #wait}.
	 */
	int room(long due, long now) {
		long left = this.burstNanos - Math.max(0, due - now);
		if (left < this.oneNanos) {
			return 0;
		}
		return (left >= this.plentyNanos) ? PLENTY : (int) Math.max(1, left / this.nanosEach);
	}

	/** Whether so many may come now: more than the bucket holds, if that is full. */
	boolean holds(long due, long now, int count) {
		return Math.max(0, due - now) + nanos(Math.min(count, this.burst)) <= this.burstNanos;
	}

	/** Returns in how many nanoseconds one may come, 0 if it may now. */
	long wait(long due, long now) {
		return Math.max(0, Math.max(0, due - now) + this.oneNanos - this.burstNanos);
	}

	/** Returns the state of a session when some have come. */
	long taken(long due, long now, int count) {
		return now + Math.min(MOST_NANOS, Math.max(0, due - now) + nanos(count));
	}

}
