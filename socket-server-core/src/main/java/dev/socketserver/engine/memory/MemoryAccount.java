package dev.socketserver.engine.memory;

/**
 * What bytes that are held are charged to: a session, or the memory that is of none. Safe
 * for use by several threads.
 */
@FunctionalInterface
public interface MemoryAccount {

	/**
	 * More is held, or less.
	 * @param bytes how much more
	 */
	void charge(long bytes);

}
