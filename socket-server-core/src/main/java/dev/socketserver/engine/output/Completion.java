package dev.socketserver.engine.output;

import org.jspecify.annotations.Nullable;

/** Is notified of what became of a write, by one of its methods, once. */
@FunctionalInterface
public interface Completion {

	/** Notifies no one, and marks where a write ends. */
	Completion NOBODY = (failure) -> {
	};

	/**
	 * The write has left, or never will. On the loop.
	 * @param failure why not, or {@code null}
	 */
	void completed(@Nullable Exception failure);

	/**
	 * The write was not admitted. On the thread that offered it.
	 * @param refusal why not
	 */
	default void refused(Exception refusal) {
		completed(refusal);
	}

}
