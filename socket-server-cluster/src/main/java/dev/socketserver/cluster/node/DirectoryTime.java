package dev.socketserver.cluster.node;

import java.util.function.LongSupplier;

import dev.socketserver.cluster.message.ClusterClock;

/**
 * The directory's clock, as far as this node knows it: what it was at the last renewal,
 * and how long ago that was. Deadlines that nodes send each other are by this clock;
 * those of the machines are never compared. Any thread.
 */
final class DirectoryTime implements LongSupplier {

	private final ClusterClock clock;

	private volatile long offset = Long.MIN_VALUE;

	DirectoryTime(ClusterClock clock) {
		this.clock = clock;
	}

	void set(long micros, long nanoTime) {
		this.offset = micros - nanoTime / 1_000;
	}

	/** Returns the time in microseconds, or 0 if it is not known. */
	@Override
	public long getAsLong() {
		long known = this.offset;
		return (known != Long.MIN_VALUE) ? known + this.clock.nanoTime() / 1_000 : 0;
	}

}
