package dev.socketserver.admission;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits how many connections a server has at a time, of all of them or of those that are
 * not sessions yet. Each connection acquires a permit when it is accepted, and releases
 * it once. The limit is never exceeded, even under races, as long as the number of
 * permits elsewhere only becomes smaller. Safe for use by several threads.
 */
public final class SessionLimit {

	private final int max;

	private final AtomicInteger taken = new AtomicInteger();

	/**
	 * Creates a limit.
	 * @param max greatest number of permits at a time
	 */
	public SessionLimit(int max) {
		this.max = max;
	}

	/**
	 * Acquires a permit.
	 * @param elsewhere how many are taken elsewhere, which count against the limit, but
	 * are not released here
	 * @return whether the limit allowed it
	 */
	public boolean tryAcquire(int elsewhere) {
		int before;
		do {
			before = this.taken.get();
			if (before >= this.max - elsewhere) {
				return false;
			}
		}
		while (!this.taken.compareAndSet(before, before + 1));
		return true;
	}

	/**
	 * Whether there is no permit left.
	 * @param elsewhere how many are taken elsewhere
	 * @return {@code true} if all are taken
	 */
	public boolean isExhausted(int elsewhere) {
		return this.taken.get() + elsewhere >= this.max;
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
