package dev.socketserver.engine.connect;

/**
 * One attempt of a client to connect, and the connection that it leads to. It notifies
 * its {@link ClientConnection} of what becomes of it, once. Any thread.
 */
public interface ConnectionAttempt {

	/** Begins, once. */
	void begin();

	/**
	 * Opens the session of a connection that was kept without one, unless that is lost.
	 */
	void use();

	/**
	 * Gives the attempt up, and the connection if that has no session.
	 * @return whether it was still under way, or kept
	 */
	boolean cancel();

	/**
	 * Whether the outcome of the attempt is settled: it has led to a session, has failed
	 * or was given up.
	 * @return {@code false} while it is under way
	 */
	boolean isSettled();

	/**
	 * Returns with which address another attempt would begin: the one after that which
	 * this has connected to, or tried.
	 * @return the number of the address, among those of the host name
	 */
	int nextAddress();

	/**
	 * Runs a task on the loop of the connection: now if this is the loop, else soon;
	 * never, if the loop is gone.
	 * @param task the task
	 */
	void execute(Runnable task);

}
