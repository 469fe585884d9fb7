package dev.socketserver.engine.memory;

import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * The memory that all sessions of an application may hold together, and how much they do
 * hold: what was received and not handled, and what is to be sent and has not left. Each
 * session is a {@link MemoryHolder}. What clients keep beside their connections, what
 * newcomers of UDP have sent, and recordings count too, but belong to no session: none
 * can be aborted for it.
 * <p>
 * In bytes. Safe for use by several threads. What is handled or leaves at once is never
 * counted.
 */
public final class MemoryBudget implements MemoryAccount {

	private final long limit;

	private final long mark;

	private final long enough;

	/** What the sessions hold. */
	private final AtomicLong charged = new AtomicLong();

	/** What belongs to no session. */
	private final AtomicLong apart = new AtomicLong();

	/**
	 * Whether nearly all is in use: then sessions that hold more than a little are not
	 * read from.
	 */
	private volatile boolean scarce;

	private volatile @Nullable Watcher watcher;

	/**
	 * Creates a budget.
	 * @param limit the most bytes that all sessions may hold
	 */
	public MemoryBudget(long limit) {
		if (limit <= 0) {
			throw new IllegalArgumentException("The memory limit must be positive, not " + limit);
		}
		this.limit = limit;
		// Small budgets too: what is more than enough is never more than the mark.
		this.mark = Math.max(1, limit - limit / 10);
		this.enough = Math.max(1, limit - limit / 10 - limit / 20);
	}

	/**
	 * Creates a budget that is never used up.
	 * @return the budget
	 */
	public static MemoryBudget unlimited() {
		return new MemoryBudget(Long.MAX_VALUE);
	}

	/**
	 * Returns the most bytes that all sessions may hold.
	 * @return the number of bytes
	 */
	public long limit() {
		return this.limit;
	}

	/**
	 * Returns how many bytes all sessions hold.
	 * @return the number of bytes
	 */
	public long used() {
		// A part may be taken off here before it was added, by another thread.
		return Math.max(0, this.charged.get() + this.apart.get());
	}

	/** How many of the bytes are of no session. */
	long usedApart() {
		return this.apart.get();
	}

	/**
	 * The number of bytes from which on nearly all is in use: nine tenths of the limit.
	 */
	long mark() {
		return this.mark;
	}

	/** Below how many bytes there is enough again. */
	long enough() {
		return this.enough;
	}

	public boolean isScarce() {
		return this.scarce;
	}

	void scarce(boolean scarce) {
		this.scarce = scarce;
	}

	/** Sets who is notified when something has to be done; by default no one is. */
	void watcher(Watcher watcher) {
		this.watcher = watcher;
	}

	/**
	 * More is held beside the sessions, or less.
	 * @param bytes how much more
	 */
	@Override
	public void charge(long bytes) {
		added(bytes, this.apart.addAndGet(bytes), this.charged);
	}

	/**
	 * More is held by a session, or less.
	 * @param bytes how much more
	 */
	public void chargeSession(long bytes) {
		added(bytes, this.charged.addAndGet(bytes), this.apart);
	}

	private void added(long bytes, long now, AtomicLong others) {
		if (bytes > 0) {
			long all = now + others.get();
			if (all >= this.mark && (all > this.limit || !this.scarce)) {
				Watcher watcher = this.watcher;
				if (watcher != null) {
					watcher.exceeded();
				}
			}
		}
	}

	/**
	 * A session holds little any more, or nothing.
	 * @param session the session
	 */
	public void emptied(MemoryHolder session) {
		if (this.scarce) {
			Watcher watcher = this.watcher;
			if (watcher != null) {
				watcher.emptied(session);
			}
		}
	}

	/** Is notified when something is to be done. On any thread, perhaps under locks. */
	interface Watcher {

		/** The mark has been reached, or the limit exceeded. */
		default void exceeded() {
		}

		/**
		 * A session holds little any more, or nothing, while memory is scarce.
		 * @param session the session
		 */
		default void emptied(MemoryHolder session) {
		}

	}

}
