package dev.socketserver.engine.addresses;

import java.util.function.DoubleSupplier;

import dev.socketserver.spec.connect.Reconnect;

/**
 * Computes how long a client waits before its next attempt to connect. Not safe for use
 * by several threads.
 */
final class Backoff {

	private final Reconnect reconnect;

	private final DoubleSupplier random;

	/** The next waiting time, before the jitter is subtracted. */
	private long nextNanos;

	/**
	 * Creates a back-off.
	 * @param reconnect the shortest and longest time, and the jitter
	 * @param random returns random numbers from 0 to 1
	 */
	Backoff(Reconnect reconnect, DoubleSupplier random) {
		this.reconnect = reconnect;
		this.random = random;
		reset();
	}

	/** Returns the shortest and longest time, and the jitter. */
	Reconnect reconnect() {
		return this.reconnect;
	}

	/**
	 * Returns how long to wait now, and doubles the time for the next call.
	 * @return the time, in nanoseconds
	 */
	long next() {
		long now = this.nextNanos;
		long most = this.reconnect.maxPeriod().toNanos();
		this.nextNanos = (now > most / 2) ? most : 2 * now;
		return now - (long) (now * this.reconnect.jitter() * this.random.getAsDouble());
	}

	/**
	 * Notes that a connection has ended. If it was stable, the next wait is the shortest
	 * again.
	 * @param nanos how long it had lasted
	 * @return whether it was stable
	 */
	boolean connectionEnded(long nanos) {
		boolean stable = nanos > this.reconnect.maxPeriod().toNanos();
		if (stable) {
			reset();
		}
		return stable;
	}

	/** Begins with the shortest wait again. */
	void reset() {
		this.nextNanos = this.reconnect.period().toNanos();
	}

}
