package dev.socketserver.admission;

import java.util.concurrent.TimeUnit;

/**
 * A bound on how many connections begin in a second: a token bucket that holds a tenth of
 * a second's worth, at least one token. So after a quiet time that many may come at once,
 * and any second sees at most a tenth more than the rate. Not safe for use by several
 * threads.
 */
public final class AcceptRate {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	private static final int BURSTS_A_SECOND = 10;

	/** Time that a token takes, in nanoseconds. */
	private final double interval;

	/** Time that a full bucket takes. */
	private final double capacity;

	/** What is in the bucket, as the time it took. */
	private double saved;

	private long lastLook;

	/**
	 * Creates a full bucket.
	 * @param perSecond most connections in a second
	 * @param now the time, of {@link System#nanoTime()}
	 */
	public AcceptRate(int perSecond, long now) {
		this.interval = (double) SECOND / perSecond;
		this.capacity = Math.max(this.interval, (double) SECOND / BURSTS_A_SECOND);
		this.saved = this.capacity;
		this.lastLook = now;
	}

	/**
	 * Takes a token for a connection, in advance if there is none.
	 * @param now the time
	 * @return how long to wait before the next connection, in nanoseconds; 0 for not at
	 * all
	 */
	public long take(long now) {
		this.saved = Math.min(this.capacity, this.saved + Math.max(0, now - this.lastLook)) - this.interval;
		this.lastLook = now;
		return (this.saved >= this.interval) ? 0 : (long) Math.ceil(this.interval - this.saved);
	}

}
