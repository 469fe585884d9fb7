package dev.socketserver.engine.output;

import org.jspecify.annotations.Nullable;

/**
 * Is notified of what became of a write: once, by {@link #completed}, {@link #neverLeft}
 * or {@link #refused}.
 */
@FunctionalInterface
public interface Completion {

	/** Notifies no one, and marks where a write ends. */
	Completion NONE = (failure) -> {
	};

	/**
	 * The write has left, or never will. On the loop.
	 * @param failure why not, or {@code null}: a
	 * {@link dev.socketserver.SessionClosedException}, or a failure of this write only
	 */
	void completed(@Nullable Exception failure);

	/**
	 * Nothing of the write has left, nor ever will, since the session has ended. On the
	 * loop.
	 * @param failure a {@link dev.socketserver.SessionClosedException}
	 */
	default void neverLeft(Exception failure) {
		completed(failure);
	}

	/**
	 * The write was not admitted. On the thread that offered it.
	 * @param refusal why not
	 */
	default void refused(Exception refusal) {
		completed(refusal);
	}

	/**
	 * Whether the write may be taken back while it waits, such as a request whose time is
	 * over.
	 * @return always the same
	 */
	default boolean isRevocable() {
		return false;
	}

	/**
	 * The write was admitted: it leaves after those that were admitted before it. Under
	 * the monitor of the queue.
	 */
	default void admitted() {
	}

	/**
	 * Returns why the write must not be admitted any more. Under the monitor of the
	 * queue: what is not admitted when it is taken back never will be.
	 * @return why not, or {@code null} if it may
	 */
	default @Nullable Exception revoked() {
		return null;
	}

}
