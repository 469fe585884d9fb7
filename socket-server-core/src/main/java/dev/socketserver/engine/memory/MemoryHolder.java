package dev.socketserver.engine.memory;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionSpec;

/**
 * A session as the {@link MemoryGuard} sees it: it holds memory, and can be made to hold
 * less. Any thread.
 */
public interface MemoryHolder {

	/**
	 * Returns what it is made from.
	 * @return the specification
	 */
	SessionSpec spec();

	/**
	 * Returns the memory of which it holds a part.
	 * @return the budget
	 */
	MemoryBudget memory();

	/**
	 * Returns the name of its server or client.
	 * @return the name
	 */
	String server();

	/**
	 * Returns how many bytes are held for it, as far as they count.
	 * @return the number of bytes
	 */
	long charged();

	/**
	 * Whether it was aborted, so that what is held for it will soon be given back.
	 * @return {@code true} from the abort on
	 */
	boolean isAborted();

	/**
	 * Ends it at once.
	 * @param status how it ends, unless that is settled already
	 */
	void abort(CloseStatus status);

	/** Stops reading, if it holds much while memory is scarce. */
	void readLess();

	/** Reads again if it holds little, or memory is no longer scarce. */
	void readAgain();

}
