package dev.socketserver.engine.memory;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionSpec;

/**
 * A session as {@link MemoryGuard} sees it: how much it holds of the
 * {@link MemoryBudget}, and how it can be made to hold less. Any thread.
 */
public interface MemoryHolder {

	/**
	 * The step in which parts of a session charge that are called for each message: a
	 * smaller difference is not worth an atomic operation. When they hold nothing any
	 * more, that is always charged.
	 */
	int STEP = 1024;

	/**
	 * Returns what it is made from.
	 * @return the specification
	 */
	SessionSpec spec();

	/**
	 * Returns how many bytes are held for it, as far as they were charged.
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
