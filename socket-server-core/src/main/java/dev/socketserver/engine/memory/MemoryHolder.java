package dev.socketserver.engine.memory;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionSpec;

/**
 * How much one session holds of the {@link MemoryBudget}, and how it can be made to hold
 * less. Each part of the session that keeps bytes charges its own. When the session has
 * ended, nothing counts any more. Every session extends it, so that the two are one
 * object. Any thread.
 */
public abstract class MemoryHolder {

	/**
	 * The step in which parts of a session charge that are called for each message: a
	 * smaller difference is not worth an atomic operation. When they hold nothing any
	 * more, that is always charged.
	 */
	public static final int STEP = 1024;

	private static final AtomicLongFieldUpdater<MemoryHolder> CHARGED = AtomicLongFieldUpdater
		.newUpdater(MemoryHolder.class, "charged");

	private static final long ENDED = Long.MIN_VALUE;

	private volatile long charged;

	/**
	 * Returns what it is made from.
	 * @return the specification
	 */
	public abstract SessionSpec spec();

	/**
	 * Returns the memory of which it holds a part.
	 * @return the budget
	 */
	public abstract MemoryBudget memory();

	/**
	 * Returns the name of its server or client.
	 * @return the name
	 */
	public abstract String server();

	/**
	 * Returns how many bytes are held for it, as far as they were charged.
	 * @return the number of bytes
	 */
	public final long charged() {
		return Math.max(0, this.charged);
	}

	/**
	 * More is held, or less.
	 * @param difference how much more, in bytes
	 */
	public final void charge(long difference) {
		long before;
		do {
			before = this.charged;
			if (before == ENDED) {
				return;
			}
		}
		while (!CHARGED.compareAndSet(this, before, before + difference));
		memory().charge(difference);
		if (before >= STEP && before + difference < STEP) {
			memory().emptied(this);
		}
	}

	/** The session has ended: what it still holds goes with it. */
	protected final void chargeEnded() {
		long before = CHARGED.getAndSet(this, ENDED);
		if (before != ENDED) {
			memory().charge(-before);
		}
	}

	/**
	 * Whether what is held differs from what was charged by so much that it counts.
	 * @param held what is held
	 * @param charged what was charged
	 * @return {@code true} if the difference is to be charged
	 */
	public static boolean differs(long held, long charged) {
		return (held == 0) ? charged != 0 : Math.abs(held - charged) >= STEP;
	}

	/**
	 * Whether it was aborted, so that what is held for it will soon be given back.
	 * @return {@code true} from the abort on
	 */
	public abstract boolean isAborted();

	/**
	 * Ends it at once.
	 * @param status how it ends, unless that is settled already
	 */
	public abstract void abort(CloseStatus status);

	/** Stops reading, if it holds much while memory is scarce. */
	public abstract void readLess();

	/** Reads again if it holds little, or memory is no longer scarce. */
	public abstract void readAgain();

}
