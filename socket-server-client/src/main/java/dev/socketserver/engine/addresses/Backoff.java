package dev.socketserver.engine.addresses;

import java.util.function.DoubleSupplier;

import dev.socketserver.spec.connect.Reconnect;

/**
 * Computes how long a client waits before its next attempt to connect. Not safe for use
 * by several threads.
 */
final class Backoff {

	private final long periodNanos;

	private final long maxPeriodNanos;

	private final double jitter;

	private final DoubleSupplier random;

	/** The next waiting time, before the jitter is subtracted. */
	private long nextNanos;

	/**
	 * Creates a back-off.
	 * @param reconnect the shortest and longest time, and the jitter
	 * @param random returns random numbers from 0 to 1
	 */
	Backoff(Reconnect reconnect, DoubleSupplier random) {
		this.periodNanos = reconnect.period().toNanos();
		this.maxPeriodNanos = reconnect.maxPeriod().toNanos();
		this.jitter = reconnect.jitter();
		this.random = random;
		this.nextNanos = this.periodNanos;
	}

	/**
	 * Returns how long to wait now, and doubles the time for the next call.
	 * @return the time, in nanoseconds
	 */
	long next() {
		long now = this.nextNanos;
		this.nextNanos = (now > this.maxPeriodNanos / 2) ? this.maxPeriodNanos : 2 * now;
		return now - (long) (now * this.jitter * this.random.getAsDouble());
	}

	/**
	 * Notes that a connection has ended. If it was stable, the next wait is the shortest
	 * again.
	 * @param nanos how long it had lasted
	 * @return whether it was stable
	 */
	boolean connectionEnded(long nanos) {
		boolean stable = nanos > this.maxPeriodNanos;
		if (stable) {
			reset();
		}
		return stable;
	}

	/** Begins with the shortest wait again. */
	void reset() {
		this.nextNanos = this.periodNanos;
	}

}
