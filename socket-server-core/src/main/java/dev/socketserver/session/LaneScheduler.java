package dev.socketserver.session;

/**
 * Finds a thread for lanes that have something to run.
 */
public interface LaneScheduler {

	/**
	 * Has the lane's {@link Lane#run} called once, on this thread or another. Never
	 * throws: where no thread can be had, the lane runs somewhere all the same.
	 * @param lane the lane
	 */
	void ready(Lane lane);

	/** The loop has read what a socket had, and goes on to the next. On the loop. */
	default void readsEnded() {
	}

}
