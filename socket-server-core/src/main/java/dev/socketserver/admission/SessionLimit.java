package dev.socketserver.admission;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Limits how many connections a server has at a time, of all of them or of those that are
 * not sessions yet. Each connection acquires a permit when it is accepted, and releases
 * it once. The limit is never exceeded, even under races, as long as the number of
 * permits elsewhere only becomes smaller. Safe for use by several threads.
 */
public final class SessionLimit {

	private final int max;

	/** What is taken there counts against the limit, but is not released here. */
	private final @Nullable KeptPermits elsewhere;

	private final AtomicInteger taken = new AtomicInteger();

	/**
	 * Creates a limit.
	 * @param max greatest number of permits at a time
	 */
	public SessionLimit(int max) {
		this(max, null);
	}

	/**
	 * Creates a limit against which permits that are taken elsewhere count, too.
	 * @param max greatest number of permits at a time
	 * @param elsewhere knows how many are taken elsewhere, or {@code null} for none
	 */
	public SessionLimit(int max, @Nullable KeptPermits elsewhere) {
		this.max = max;
		this.elsewhere = elsewhere;
	}

	/**
	 * Acquires a permit.
	 * @return whether the limit allowed it
	 */
	public boolean tryAcquire() {
		int before;
		do {
			before = this.taken.get();
			if (before >= this.max - elsewhere()) {
				return false;
			}
		}
		while (!this.taken.compareAndSet(before, before + 1));
		return true;
	}

	private int elsewhere() {
		return (this.elsewhere != null) ? this.elsewhere.taken() : 0;
	}

	/**
	 * Whether there is no permit left.
	 * @return {@code true} if all are taken
	 */
	public boolean isExhausted() {
		return all() >= this.max;
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

	/**
	 * Returns how many permits are taken, here and elsewhere.
	 * @return the number
	 */
	public int all() {
		return this.taken.get() + elsewhere();
	}

}
