package dev.socketserver.admission;

import java.util.concurrent.TimeUnit;

/**
 * Limits how many connections are accepted per second: a token bucket that holds the
 * tokens of some time, but at least one. After a quiet time, that many connections may be
 * accepted at once: with those of a tenth of a second, there are at most a tenth more
 * than the rate in any second. Not safe for use by several threads.
 */
final class AcceptRate {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	/** Time after which there is another token, in nanoseconds. */
	private final double interval;

	/** Time after which an empty bucket is full, in nanoseconds. */
	private final double capacity;

	/**
	 * The tokens in the bucket, as the time in nanoseconds that they have taken; negative
	 * if tokens were taken in advance.
	 */
	private double saved;

	private long lastCheck;

	/**
	 * Creates a full bucket.
	 * @param perSecond greatest number of connections per second
	 * @param burst the time whose tokens it holds, in nanoseconds
	 * @param now the time, as of {@link System#nanoTime()}
	 */
	public AcceptRate(int perSecond, long burst, long now) {
		this.interval = (double) SECOND / perSecond;
		this.capacity = Math.max(this.interval, burst);
		this.saved = this.capacity;
		this.lastCheck = now;
	}

	/**
	 * Takes a token for a connection. If there is none, a future one is taken in advance.
	 * @param now the time, as of {@link System#nanoTime()}
	 * @return how long to wait before the next connection is accepted, in nanoseconds; 0
	 * for not at all
	 */
	public long take(long now) {
		this.saved = Math.min(this.capacity, this.saved + Math.max(0, now - this.lastCheck)) - this.interval;
		this.lastCheck = now;
		return (this.saved >= this.interval) ? 0 : (long) Math.ceil(this.interval - this.saved);
	}

}
