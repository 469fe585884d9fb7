package dev.socketserver.engine.lane;

/**
 * Starts threads that serve one session each.
 */
@FunctionalInterface
public interface SessionThreads {

	/**
	 * Starts a thread.
	 * @param session the session's id, for the thread's name
	 * @param task what it runs
	 */
	void start(String session, Runnable task);

}
