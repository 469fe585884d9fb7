package dev.socketserver.engine.watchdog;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * How long one thing has been under way, summed up from what each check finds. What it is
 * known by are numbers: if they differ from those of the last check, it is another one,
 * which begins. Not safe for use by several threads.
 */
final class Stopwatch {

	/** Absent while nothing is under way. */
	private long @Nullable [] known;

	private long nanos;

	/** Returns a stopwatch of something without numbers, which is under way. */
	static Stopwatch started() {
		Stopwatch stopwatch = new Stopwatch();
		stopwatch.known = new long[0];
		return stopwatch;
	}

	/**
	 * Notes that something is under way.
	 * @param elapsed how much time to count since the last check, in nanoseconds
	 * @param known what it is known by
	 * @return for how long it has been under way, in nanoseconds; 0 if it was not at the
	 * last check
	 */
	long running(long elapsed, long... known) {
		this.nanos = Arrays.equals(known, this.known) ? this.nanos + elapsed : 0;
		this.known = known;
		return this.nanos;
	}

	/** Has counted at least so much of what is under way. */
	void countAtLeast(long least) {
		if (this.known != null) {
			this.nanos = Math.max(this.nanos, least);
		}
	}

	/**
	 * Notes since when something is under way, unless it is known already.
	 * @param elapsed for how long it has been, in nanoseconds
	 * @param known what it is known by
	 */
	void begun(long elapsed, long... known) {
		if (this.known == null) {
			this.known = known;
			this.nanos = elapsed;
		}
	}

	/** Notes that nothing is under way, or that it begins anew. */
	void reset() {
		this.known = null;
	}

}
