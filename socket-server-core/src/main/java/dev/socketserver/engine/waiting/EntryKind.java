package dev.socketserver.engine.waiting;

/**
 * What {@link Waiting} asks of its entries. One object for all of a kind.
 *
 * @param <E> the type of entries
 */
@FunctionalInterface
public interface EntryKind<E> {

	/**
	 * Returns how many bytes an entry has.
	 * @param entry the entry
	 * @return the number, which is the same for as long as the entry waits
	 */
	long bytes(E entry);

	/**
	 * Returns how many an entry counts for.
	 * @param entry the entry
	 * @return the number, which is the same for as long as the entry waits
	 */
	default int count(E entry) {
		return 1;
	}

	/**
	 * Whether an entry may be dropped where the policy drops the oldest.
	 * @param entry the entry
	 * @return {@code false} if it never is
	 */
	default boolean isDroppable(E entry) {
		return true;
	}

	/**
	 * An entry waits now, or does not any more.
	 * @param entry the entry
	 * @param waits whether it does
	 */
	default void waits(E entry, boolean waits) {
	}

}
