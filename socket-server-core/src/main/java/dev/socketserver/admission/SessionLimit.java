package dev.socketserver.admission;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bound on how many connections a server has at a time, of all or of those that are not
 * sessions yet. A permit is a connection's place among them: taken when it is accepted,
 * and given back once. The bound holds exactly under races. Safe for use by several
 * threads.
 */
public final class SessionLimit {

	private final int max;

	private final AtomicInteger taken = new AtomicInteger();

	/**
	 * Creates a limit.
	 * @param max most permits at a time
	 */
	public SessionLimit(int max) {
		this.max = max;
	}

	/**
	 * Takes a permit.
	 * @return whether there was one
	 */
	public boolean tryAcquire() {
		int before;
		do {
			before = this.taken.get();
			if (before >= this.max) {
				return false;
			}
		}
		while (!this.taken.compareAndSet(before, before + 1));
		return true;
	}

	/**
	 * Whether there is no permit left.
	 * @return whether all are taken
	 */
	public boolean isExhausted() {
		return this.taken.get() >= this.max;
	}

	/** Gives a permit back. */
	public void release() {
		if (this.taken.decrementAndGet() < 0) {
			throw new IllegalStateException("More permits were given back than taken");
		}
	}

	/**
	 * Returns how many permits are taken.
	 * @return the number
	 */
	public int taken() {
		return this.taken.get();
	}

}
