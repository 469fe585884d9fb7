package dev.socketserver.engine.waiting;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Entries that wait, in order, and how much they are. What was {@linkplain #take() taken}
 * counts until it is {@linkplain #done done}. Made with the first entry where most
 * sessions have none. Guarded by its owner.
 *
 * @param <E> the type of entries
 */
public final class Waiting<E> {

	private final ArrayDeque<E> entries = new ArrayDeque<>();

	private final EntryKind<E> kind;

	/** Absent if what waits here is charged elsewhere, or not at all. */
	private @Nullable Charge charge;

	/** Of all, also those taken. */
	private int count;

	private long bytes;

	private int droppable;

	private long droppableBytes;

	/**
	 * Creates the object without entries.
	 * @param kind what entries are
	 * @param charge charges them, or {@code null} if another does
	 */
	public Waiting(EntryKind<E> kind, @Nullable Charge charge) {
		this.kind = kind;
		this.charge = charge;
	}

	/**
	 * Charges what waits here from now on, and gives up what was charged before.
	 * @param charge charges it, or {@code null} if that is not to be
	 */
	public void chargeTo(@Nullable Charge charge) {
		if (this.charge != null) {
			this.charge.settle(0);
		}
		this.charge = charge;
		settle();
	}

	// How much there is.

	/**
	 * Returns how many wait, each as many as it counts for, and were taken and count.
	 * @return the number
	 */
	public int count() {
		return this.count;
	}

	/**
	 * Returns how many bytes these have.
	 * @return the number
	 */
	public long bytes() {
		return this.bytes;
	}

	/**
	 * Returns how many of the count may be dropped.
	 * @return the number
	 */
	public int droppable() {
		return this.droppable;
	}

	/**
	 * Returns how many bytes these have.
	 * @return the number
	 */
	public long droppableBytes() {
		return this.droppableBytes;
	}

	/**
	 * Returns how many entries wait.
	 * @return the number
	 */
	public int size() {
		return this.entries.size();
	}

	/**
	 * Whether no entry waits.
	 * @return {@code true} if none does
	 */
	public boolean isEmpty() {
		return this.entries.isEmpty();
	}

	/**
	 * Returns the entries that wait, in order.
	 * @return a stream, which ends before anything changes
	 */
	public Stream<E> stream() {
		return this.entries.stream();
	}

	/**
	 * Whether there is room for one more entry.
	 * @param bounds how much there may be
	 * @param more how many bytes it has
	 * @return {@code true} if there is
	 */
	public boolean fits(Bounds<?> bounds, long more) {
		return bounds.fits(this.count, this.bytes, more);
	}

	// What comes.

	/**
	 * Has an entry wait behind the others.
	 * @param entry the entry
	 */
	public void add(E entry) {
		this.entries.add(entry);
		added(entry);
	}

	/**
	 * Has an entry wait in front of the others.
	 * @param entry the entry
	 */
	public void addFirst(E entry) {
		this.entries.addFirst(entry);
		added(entry);
	}

	private void added(E entry) {
		long size = this.kind.bytes(entry);
		int units = this.kind.count(entry);
		this.bytes += size;
		this.count += units;
		if (this.kind.isDroppable(entry)) {
			this.droppable += units;
			this.droppableBytes += size;
		}
		this.kind.waits(entry, true);
		settle();
	}

	// What goes.

	/**
	 * Returns the oldest entry.
	 * @return the entry, or {@code null} if none waits
	 */
	public @Nullable E peek() {
		return this.entries.peek();
	}

	/**
	 * Returns the newest entry.
	 * @return the entry, or {@code null} if none waits
	 */
	public @Nullable E peekLast() {
		return this.entries.peekLast();
	}

	/**
	 * Removes the oldest entry.
	 * @return the entry, or {@code null} if none waits
	 */
	public @Nullable E poll() {
		return removed(this.entries.poll());
	}

	/**
	 * Removes the newest entry.
	 * @return the entry, or {@code null} if none waits
	 */
	public @Nullable E pollLast() {
		return removed(this.entries.pollLast());
	}

	/**
	 * Removes the oldest entry that meets a condition.
	 * @param condition what is sought
	 * @return the entry, or {@code null} if there is none
	 */
	public @Nullable E poll(Predicate<E> condition) {
		for (Iterator<E> oldest = this.entries.iterator(); oldest.hasNext();) {
			E next = oldest.next();
			if (condition.test(next)) {
				oldest.remove();
				return removed(next);
			}
		}
		return null;
	}

	/**
	 * Removes the oldest entry that may be dropped.
	 * @return the entry, or {@code null} if there is none
	 */
	public @Nullable E dropOldest() {
		return (this.droppable > 0) ? poll(this.kind::isDroppable) : null;
	}

	/**
	 * Removes an entry.
	 * @param entry the entry
	 * @return whether it waited here
	 */
	public boolean remove(E entry) {
		boolean waited = this.entries.removeFirstOccurrence(entry);
		if (waited) {
			removed(entry);
		}
		return waited;
	}

	/**
	 * Removes all, in order.
	 * @param taker gets each
	 */
	public void drain(Consumer<E> taker) {
		for (E next = poll(); next != null; next = poll()) {
			taker.accept(next);
		}
	}

	/**
	 * Takes the oldest entry, which counts until it is {@link #done}, and cannot be
	 * dropped any more.
	 * @return the entry, or {@code null} if none waits
	 */
	public @Nullable E take() {
		E taken = this.entries.poll();
		if (taken != null) {
			waitsNoMore(taken, this.kind.count(taken), this.kind.bytes(taken));
		}
		return taken;
	}

	/**
	 * What was taken does not count any more.
	 * @param units how many were
	 * @param size how many bytes they had
	 */
	public void done(int units, long size) {
		this.count -= units;
		this.bytes -= size;
		settle();
	}

	private @Nullable E removed(@Nullable E entry) {
		if (entry != null) {
			int units = this.kind.count(entry);
			long size = this.kind.bytes(entry);
			waitsNoMore(entry, units, size);
			done(units, size);
		}
		return entry;
	}

	private void waitsNoMore(E entry, int units, long size) {
		if (this.kind.isDroppable(entry)) {
			this.droppable -= units;
			this.droppableBytes -= size;
		}
		this.kind.waits(entry, false);
	}

	private void settle() {
		if (this.charge != null) {
			this.charge.settle(this.bytes);
		}
	}

}
