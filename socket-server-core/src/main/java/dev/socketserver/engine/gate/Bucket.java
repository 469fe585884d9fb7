package dev.socketserver.engine.gate;

import dev.socketserver.spec.gate.Rate;
import org.jspecify.annotations.Nullable;

/**
 * How fast something may come, and how much at once. The state of one session is a single
 * number: the time at which all that has come would have come at exactly this rate (the
 * generic cell rate algorithm, ITU-T I.371). Immutable.
 */
final class Bucket {

	private final double nanosEach;

	private final long burstNanos;

	private Bucket(double nanosEach, long burst) {
		this.nanosEach = nanosEach;
		this.burstNanos = Math.round(nanosEach * burst);
	}

	static @Nullable Bucket of(@Nullable Rate rate, long burst, long least) {
		if (rate == null) {
			return null;
		}
		return new Bucket(rate.nanosEach(), (burst > 0) ? burst : Math.max(rate.inASecond(), least));
	}

	/** Returns how many may come now, 0 if none. */
	int room(long due, long now) {
		double room = (this.burstNanos - Math.max(0, due - now)) / this.nanosEach;
		// A moment too early, rather than a moment too late for ever.
		return (int) Math.max(0, Math.min(Integer.MAX_VALUE, room + 1e-6));
	}

	/** Returns in how many nanoseconds something may come, 0 if it may now. */
	long wait(long due, long now, int least) {
		return Math.max(0, due - now + Math.round(least * this.nanosEach) - this.burstNanos);
	}

	/** Returns the state of a session when something has come. */
	long taken(long due, long now, int count) {
		return ((due - now > 0) ? due : now) + Math.round(count * this.nanosEach);
	}

}
