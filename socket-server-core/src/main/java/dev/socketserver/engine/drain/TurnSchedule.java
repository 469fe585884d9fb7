package dev.socketserver.engine.drain;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * When sessions have their turns: one in each interval. Turns that are a little late, as
 * timers are, are made up for at once, but in no second are there more than 1.2 times as
 * many turns as planned, and one more. What a longer pause has missed is not made up for:
 * the rest moves. Not safe for use by several threads.
 *
 * <pre>
 *   planned   |   |   |   |   |   |   |   |
 *   late      |   |      ||   |   |   |   |         made up for
 *   paused    |   |            |   |   |   |   |    moved
 * </pre>
 */
final class TurnSchedule {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	/** How many times more turns than planned there may be in a second. */
	private static final double HASTE = 1.2;

	/** The least part of an interval that is between turns. */
	private static final int PARTS = 4;

	/** What is later than this, and than an interval, was a pause. */
	private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final double interval;

	/** The times of the last turns: so many as there may be in a second. */
	private final long[] last;

	/** How many turns there were. */
	private int turns;

	/** When the next turn is due. */
	private double due;

	/**
	 * Creates a schedule whose first turn is due now.
	 * @param turns how many turns there are
	 * @param over the time over which they are spread
	 * @param now the time in nanoseconds
	 */
	TurnSchedule(int turns, Duration over, long now) {
		this.interval = (double) over.toNanos() / Math.max(1, turns);
		double most = Math.ceil(HASTE * perSecond()) + 1;
		this.last = new long[(int) Math.min(most, turns + 1.0)];
		this.due = now;
	}

	/** How many turns there are in a second, as planned. Any thread. */
	double perSecond() {
		return SECOND / this.interval;
	}

	/**
	 * A session has its turn.
	 * @param now the time in nanoseconds
	 * @return when the next may have its turn
	 */
	long next(long now) {
		this.last[this.turns++ % this.last.length] = now;
		double late = now - this.due;
		if (late > PAUSE_NANOS && late > this.interval) {
			this.due = now;
		}
		this.due += this.interval;
		double earliest = now + this.interval / PARTS;
		if (this.turns >= this.last.length) {
			earliest = Math.max(earliest, this.last[this.turns % this.last.length] + SECOND);
		}
		return (long) Math.ceil(Math.max(this.due, earliest));
	}

}
