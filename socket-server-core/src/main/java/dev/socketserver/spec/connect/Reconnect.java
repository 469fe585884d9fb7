package dev.socketserver.spec.connect;

import java.time.Duration;

import dev.socketserver.spec.InvalidSpecException;

/**
 * How long a client waits before its next attempt to connect. When a stable connection
 * has ended, it waits for {@code period} before the first attempt, and then twice as long
 * before each further one, up to {@code maxPeriod}. A connection counts as stable if it
 * lasted longer than {@code maxPeriod}, so that a server that accepts connections and
 * closes them at once is not tried more often than one that is down.
 *
 * @param period the shortest time to wait, at least a millisecond; default 1 s
 * @param maxPeriod the longest time to wait, at most a year; default 30 s
 * @param jitter which part of each waiting time is random, from 0 (none) to 1 (all of
 * it), so that clients that were disconnected together do not all reconnect together;
 * default 0.5
 */
public record Reconnect(Duration period, Duration maxPeriod, double jitter) {

	/** The default: 1 s, 30 s and 0.5. */
	public static final Reconnect DEFAULT = new Reconnect(Duration.ofSeconds(1), Duration.ofSeconds(30), 0.5);

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Reconnect {
		InvalidSpecException.checkTime("reconnect.period", period);
		InvalidSpecException.checkTime("reconnect.maxPeriod", maxPeriod);
		InvalidSpecException.check(jitter >= 0 && jitter <= 1, "reconnect.jitter", jitter, "must be between 0 and 1");
	}

	/**
	 * Checks times of a block, which the exception names.
	 * @param block the name of the block
	 * @param period the shortest time to wait
	 * @param maxPeriod the longest time to wait
	 * @throws InvalidSpecException if one of them is invalid
	 */
	public static void checkTimes(String block, Duration period, Duration maxPeriod) {
		InvalidSpecException.checkTime(block + ".period", period);
		InvalidSpecException.checkTime(block + ".maxPeriod", maxPeriod);
		InvalidSpecException.check(maxPeriod.compareTo(period) >= 0, block + ".maxPeriod", maxPeriod,
				"must not be shorter than " + block + ".period, " + period.toMillis() + " ms");
	}

	/**
	 * Returns a copy with another {@link #period()}.
	 * @param period the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Reconnect period(Duration period) {
		return new Reconnect(period, this.maxPeriod, this.jitter);
	}

	/**
	 * Returns a copy with another {@link #maxPeriod()}.
	 * @param maxPeriod the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Reconnect maxPeriod(Duration maxPeriod) {
		return new Reconnect(this.period, maxPeriod, this.jitter);
	}

	/**
	 * Returns a copy with another {@link #jitter()}.
	 * @param jitter the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Reconnect jitter(double jitter) {
		return new Reconnect(this.period, this.maxPeriod, jitter);
	}

}
