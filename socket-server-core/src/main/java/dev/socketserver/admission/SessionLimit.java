package dev.socketserver.admission;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits how many connections a server has at a time, of all of them or of those that are
 * not sessions yet. Each connection acquires a permit when it is accepted, and releases
 * it once. How many there may be is said by who asks for one: no permit is given beyond
 * that, even under races. Safe for use by several threads.
 */
public final class SessionLimit {

	private final AtomicInteger taken = new AtomicInteger();

	/**
	 * Acquires a permit.
	 * @param most how many may be taken here
	 * @return whether the limit allowed it
	 */
	public boolean tryAcquire(int most) {
		int before;
		do {
			before = this.taken.get();
			if (before >= most) {
				return false;
			}
		}
		while (!this.taken.compareAndSet(before, before + 1));
		return true;
	}

	/**
	 * Whether there is no permit left.
	 * @param most how many may be taken here
	 * @return {@code true} if all are taken
	 */
	public boolean isExhausted(int most) {
		return this.taken.get() >= most;
	}

	/** Releases a permit. */
	public void release() {
		if (this.taken.decrementAndGet() < 0) {
			throw new IllegalStateException("More permits were released than acquired");
		}
	}

	/**
	 * Returns how many permits are taken here.
	 * @return the number
	 */
	public int taken() {
		return this.taken.get();
	}

}
