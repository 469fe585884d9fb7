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
	 * @param completed is called, on the same thread, with what has become of what was
	 * done before this call
	 */
	void whenCompleted(Consumer<TransactionEnd> completed);

	/** What becomes of something that was done within a transaction. */
	enum TransactionEnd {

		/** It was committed. */
		COMMITTED,

		/** It was rolled back, with the transaction or a part of it. */
		ROLLED_BACK,

		/**
		 * Nobody knows: the transaction was committed, but maybe before it was done.
		 */
		UNKNOWN

	}

}
