package dev.socketserver.admission;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/**
 * A bound on how many connections a server has at a time, of all or of those that are not
 * sessions yet. A permit is a connection's place among them: taken when it is accepted,
 * and given back once. The bound holds exactly under races, as long as what is taken
 * elsewhere only becomes less. Safe for use by several threads.
 */
public final class SessionLimit {

	private final int max;

	/** What counts as well, and is given back elsewhere. */
	private final IntSupplier elsewhere;

	private final AtomicInteger taken = new AtomicInteger();

	/**
	 * Creates a limit.
	 * @param max most permits at a time
	 */
	public SessionLimit(int max) {
		this(max, () -> 0);
	}

	/**
	 * Creates a limit that others have a part in.
	 * @param max most permits at a time
	 * @param elsewhere tells how many of them others have
	 */
	public SessionLimit(int max, IntSupplier elsewhere) {
		this.max = max;
		this.elsewhere = elsewhere;
	}

	/**
	 * Takes a permit.
	 * @return whether there was one
	 */
	public boolean tryAcquire() {
		int before;
		do {
			before = this.taken.get();
			if (before >= this.max - this.elsewhere.getAsInt()) {
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
		return all() >= this.max;
	}

	/** Gives a permit back. */
	public void release() {
		if (this.taken.decrementAndGet() < 0) {
			throw new IllegalStateException("More permits were given back than taken");
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
		return this.taken.get() + this.elsewhere.getAsInt();
	}

}
