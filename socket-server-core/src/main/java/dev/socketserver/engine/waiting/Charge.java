package dev.socketserver.engine.waiting;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import dev.socketserver.engine.memory.MemoryAccount;
import dev.socketserver.engine.memory.MemoryHolder;

/**
 * How many of the bytes that one object holds are charged to a session, or to the memory
 * that is of no session. Where something waits, this is the one that charges it.
 * <p>
 * Safe for use by several threads. Where what is held changes without a lock, each calls
 * {@link #settle} after its change, until what is held is the same before and after:
 * whoever makes the last change charges it, or one that sees it, so that none is
 * forgotten.
 */
public final class Charge {

	private static final AtomicLongFieldUpdater<Charge> CHARGED = AtomicLongFieldUpdater.newUpdater(Charge.class,
			"charged");

	private static final int EXACT = 1;

	private final MemoryAccount account;

	/** A smaller difference is not worth an atomic operation. */
	private final int step;

	private volatile long charged;

	private Charge(MemoryAccount account, int step) {
		this.account = account;
		this.step = step;
	}

	/**
	 * Creates a charge that follows each difference.
	 * @param account what is charged
	 * @return the charge, of nothing yet
	 */
	public static Charge exact(MemoryAccount account) {
		return new Charge(account, EXACT);
	}

	/**
	 * Creates a charge that follows differences of {@link MemoryHolder#STEP}, and always
	 * when nothing is held any more.
	 * @param account what is charged
	 * @return the charge, of nothing yet
	 */
	public static Charge inSteps(MemoryAccount account) {
		return new Charge(account, MemoryHolder.STEP);
	}

	/**
	 * Charges what is held now, if that differs from what was charged by enough.
	 * @param held how many bytes are held
	 */
	public void settle(long held) {
		long before = this.charged;
		while ((held == 0) ? before != 0 : Math.abs(held - before) >= this.step) {
			if (CHARGED.compareAndSet(this, before, held)) {
				this.account.charge(held - before);
				return;
			}
			before = this.charged;
		}
	}

	/**
	 * Charges what is held now, if that differs at all.
	 * @param held how many bytes are held
	 */
	public void settleAll(long held) {
		long before = CHARGED.getAndSet(this, held);
		if (held != before) {
			this.account.charge(held - before);
		}
	}

	/**
	 * Charges more, or less.
	 * @param bytes how many bytes
	 */
	public void add(long bytes) {
		CHARGED.addAndGet(this, bytes);
		this.account.charge(bytes);
	}

	/**
	 * Charges more, unless that is too much.
	 * @param bytes how many bytes
	 * @param most how many may be charged
	 * @return {@code false} if they would be more; then nothing has changed
	 */
	public boolean addWithin(long bytes, long most) {
		long before;
		do {
			before = this.charged;
			if (before + bytes > most) {
				return false;
			}
		}
		while (!CHARGED.compareAndSet(this, before, before + bytes));
		this.account.charge(bytes);
		return true;
	}

}
