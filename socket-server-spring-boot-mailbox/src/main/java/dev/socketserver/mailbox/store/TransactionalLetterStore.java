package dev.socketserver.mailbox.store;

import java.util.function.Consumer;

/**
 * A store whose letters may be part of a transaction of the application.
 */
public interface TransactionalLetterStore extends LetterStore {

	/**
	 * Whether the calling thread is in a transaction that includes the store: then a
	 * letter that it posts is part of it.
	 * @return {@code true} within such a transaction
	 */
	boolean isInTransaction();

	/**
	 * Calls back when the transaction of the calling thread is over.
	 * @param completed is called, on the same thread, with whether it has committed what
	 * was done before this call. A part of it may be rolled back to a savepoint
	 */
	void whenCompleted(Consumer<Boolean> completed);

}
