package dev.socketserver.engine.waiting;

import dev.socketserver.spec.Inbound;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.Outbound;
import dev.socketserver.spec.OutboundOverflow;

/**
 * How much may wait in a queue, and what happens to more. All queues follow one rule:
 * <ul>
 * <li>An entry fits if there is room for one more and for its bytes. A single entry may
 * be longer than the limit: else it could never pass.</li>
 * <li>A queue is full when either limit is reached.</li>
 * <li>Whoever was stopped because it was full goes on when it is half empty: to go on for
 * each entry would cost a wake-up for each.</li>
 * </ul>
 * Bounds can be changed; who waits for room has to be woken then. Safe for use by several
 * threads.
 *
 * @param <P> the type of policies
 */
public final class Bounds<P extends Enum<P>> {

	private final boolean apart;

	private volatile Size<P> size;

	/**
	 * Creates bounds.
	 * @param capacity how many entries may wait
	 * @param bytes how many bytes they may have
	 * @param overflow what happens to more
	 * @param apart whether each entry leaves on its own, and not with others
	 */
	public Bounds(int capacity, int bytes, P overflow, boolean apart) {
		this.size = new Size<>(capacity, bytes, overflow);
		this.apart = apart;
	}

	/**
	 * Creates bounds of entries that may leave together.
	 * @param capacity how many entries may wait
	 * @param bytes how many bytes they may have
	 * @param overflow what happens to more
	 */
	public Bounds(int capacity, int bytes, P overflow) {
		this(capacity, bytes, overflow, false);
	}

	/**
	 * Returns the bounds of what waits for a handler.
	 * @param inbound the limits
	 * @return the bounds
	 */
	public static Bounds<InboundOverflow> of(Inbound inbound) {
		return new Bounds<>(inbound.capacity(), inbound.bytes(), inbound.overflow());
	}

	/**
	 * Returns the bounds of what waits for a connection, and may leave together.
	 * @param outbound the limits
	 * @return the bounds
	 */
	public static Bounds<OutboundOverflow> of(Outbound outbound) {
		return of(outbound, false);
	}

	/**
	 * Returns the bounds of what waits for a connection.
	 * @param outbound the limits
	 * @param apart whether each payload leaves on its own
	 * @return the bounds
	 */
	public static Bounds<OutboundOverflow> of(Outbound outbound, boolean apart) {
		return new Bounds<>(outbound.capacity(), outbound.bytes(), outbound.overflow(), apart);
	}

	/**
	 * Has more wait from now on, or less.
	 * @param capacity how many entries may wait
	 * @param bytes how many bytes they may have
	 * @param overflow what happens to more
	 */
	public void resize(int capacity, int bytes, P overflow) {
		this.size = new Size<>(capacity, bytes, overflow);
	}

	/**
	 * Returns how many entries may wait.
	 * @return the number
	 */
	public int capacity() {
		return this.size.capacity();
	}

	/**
	 * Returns how many bytes they may have.
	 * @return the number
	 */
	public int bytes() {
		return this.size.bytes();
	}

	/**
	 * Returns what happens to more.
	 * @return the policy
	 */
	public P overflow() {
		return this.size.overflow();
	}

	/**
	 * Whether each entry leaves on its own, and not with others.
	 * @return {@code true} if it does
	 */
	public boolean apart() {
		return this.apart;
	}

	/**
	 * Whether one more entry fits.
	 * @param entries how many wait
	 * @param waiting how many bytes they have
	 * @param size how many bytes the entry has
	 * @return {@code true} if it does
	 */
	public boolean fits(int entries, long waiting, long size) {
		return entries < this.size.capacity() && fitsBytes(entries, waiting, size);
	}

	/**
	 * Whether one more entry fits, whose number does not count.
	 * @param entries how many wait
	 * @param waiting how many bytes they have
	 * @param size how many bytes the entry has
	 * @return {@code true} if it does
	 */
	public boolean fitsBytes(int entries, long waiting, long size) {
		return entries == 0 || waiting + size <= this.size.bytes();
	}

	/**
	 * Whether a limit is reached.
	 * @param entries how many wait
	 * @param waiting how many bytes they have
	 * @return {@code true} if one is
	 */
	public boolean isFull(int entries, long waiting) {
		return isFull(entries, waiting, 1);
	}

	/**
	 * Whether a multiple of a limit is reached.
	 * @param entries how many wait
	 * @param waiting how many bytes they have
	 * @param times by how much the limits are multiplied
	 * @return {@code true} if one is
	 */
	public boolean isFull(int entries, long waiting, int times) {
		Size<P> present = this.size;
		return entries >= (long) times * present.capacity() || waiting >= (long) times * present.bytes();
	}

	/**
	 * Whether more waits than may: a single entry always may.
	 * @param entries how many wait
	 * @param waiting how many bytes they have
	 * @return {@code true} if more does
	 */
	public boolean isExceeded(int entries, long waiting) {
		Size<P> present = this.size;
		return entries > present.capacity() || (entries > 1 && waiting > present.bytes());
	}

	/**
	 * Whether at most half of each limit is used.
	 * @param entries how many wait
	 * @param waiting how many bytes they have
	 * @return {@code true} if no more is
	 */
	public boolean isHalfEmpty(int entries, long waiting) {
		Size<P> present = this.size;
		return entries <= present.capacity() / 2 && waiting <= present.bytes() / 2;
	}

	/**
	 * Returns how many more entries may arrive, whose sizes are not known yet.
	 * @param entries how many wait
	 * @param waiting how many bytes they have
	 * @return the number, 0 if a limit is reached
	 */
	public int room(int entries, long waiting) {
		Size<P> present = this.size;
		return (waiting < present.bytes()) ? Math.max(0, present.capacity() - entries) : 0;
	}

	/**
	 * Returns how many more bytes may arrive.
	 * @param waiting how many bytes wait
	 * @return the number
	 */
	public long byteRoom(long waiting) {
		return Math.max(0, this.size.bytes() - waiting);
	}

	/**
	 * How much may wait.
	 *
	 * @param capacity how many entries
	 * @param bytes how many bytes they have
	 * @param overflow what happens to more
	 */
	private record Size<P>(int capacity, int bytes, P overflow) {

	}

}
