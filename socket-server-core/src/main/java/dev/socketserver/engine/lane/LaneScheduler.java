package dev.socketserver.engine.lane;

/**
 * Finds a thread for lanes that have something to run.
 */
@FunctionalInterface
public interface LaneScheduler {

	/**
	 * Has the lane's {@link Lane#run} called once, on this thread or another. Never
	 * throws: where no thread can be had, the lane runs somewhere all the same.
	 * @param lane the lane
	 */
	void ready(Lane lane);

	/**
	 * Has a lane run for the first time, for a session that has just opened. That may
	 * wait for the loop to have polled its sockets once more: most peers have sent
	 * something already, for which the lane would else be run again.
	 * @param lane the lane
	 */
	default void opening(Lane lane) {
		ready(lane);
	}

	/**
	 * Lets a lane that has run for long run once more, after others.
	 * @param lane the lane
	 * @return {@code false} if there is no other thread, so that it goes on with its own
	 */
	default boolean requeue(Lane lane) {
		ready(lane);
		return true;
	}

	/** The loop has read what a socket had, and goes on to the next. On the loop. */
	default void readsEnded() {
	}

}
