package dev.socketserver.engine.memory;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * How much one session holds of the {@link MemoryBudget}. Each part of the session that
 * keeps bytes charges its own. When the session has ended, nothing counts any more. Safe
 * for use by several threads.
 */
public final class Charge {

	/**
	 * The step in which parts of a session charge that are called for each message: a
	 * smaller difference is not worth an atomic operation. When they hold nothing any
	 * more, that is always charged.
	 */
	public static final int STEP = 1024;

	private static final AtomicLongFieldUpdater<Charge> BYTES = AtomicLongFieldUpdater.newUpdater(Charge.class,
			"bytes");

	private static final long ENDED = Long.MIN_VALUE;

	private final MemoryHolder holder;

	private volatile long bytes;

	public Charge(MemoryHolder holder) {
		this.holder = holder;
	}

	/** Returns how many bytes the session holds, as far as they were charged. */
	public long bytes() {
		return Math.max(0, this.bytes);
	}

	/**
	 * More is held, or less.
	 * @param difference how much more, in bytes
	 */
	public void add(long difference) {
		long before;
		do {
			before = this.bytes;
			if (before == ENDED) {
				return;
			}
		}
		while (!BYTES.compareAndSet(this, before, before + difference));
		this.holder.memory().charge(difference);
		if (before >= STEP && before + difference < STEP) {
			this.holder.memory().emptied(this.holder);
		}
	}

	/** The session has ended: what it still holds goes with it. */
	public void end() {
		long before = BYTES.getAndSet(this, ENDED);
		if (before != ENDED) {
			this.holder.memory().charge(-before);
		}
	}

	/**
	 * Whether what is held differs from what was charged by so much that it counts.
	 * @param held what is held
	 * @param charged what was charged
	 */
	public static boolean differs(long held, long charged) {
		return (held == 0) ? charged != 0 : Math.abs(held - charged) >= STEP;
	}

}
