package dev.socketserver.engine.addresses;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How often in a row the system of a server has refused datagrams of a client, by ICMP. A
 * second without a refusal ends the row, and so does what arrives. Any thread.
 */
public final class Refusals {

	/** So many in a row make the client degraded. */
	private static final int MANY = 3;

	private static final long ROW_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final LongSupplier clock;

	// Guarded by this.

	private int inARow;

	private long last;

	/**
	 * Creates the object without refusals.
	 * @param clock the time, in nanoseconds
	 */
	public Refusals(LongSupplier clock) {
		this.clock = clock;
	}

	/** A datagram was refused. */
	public synchronized void refused() {
		this.inARow = isOver() ? 1 : this.inARow + 1;
		this.last = this.clock.getAsLong();
	}

	/** Something has arrived. */
	public synchronized void answered() {
		this.inARow = 0;
	}

	/** Whether the last ones are many. */
	public synchronized boolean areMany() {
		return this.inARow >= MANY && !isOver();
	}

	private boolean isOver() {
		return this.clock.getAsLong() - this.last >= ROW_NANOS;
	}

}
