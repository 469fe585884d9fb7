package dev.socketserver.engine.handlers;

/**
 * Frames of one session that wait for its handler elsewhere than on the lane. On the
 * lane, unless stated otherwise.
 */
interface WaitingFrames {

	/**
	 * Adds frames. On the loop.
	 * @param payloads the payload, or an {@code Object[]} of several
	 * @param count how many
	 * @param bytes how many bytes they had
	 */
	void add(Object payloads, int count, int bytes);

	/** Returns how many wait. Any thread. */
	int size();

	/** Handles what can be handled now; returns whether that was all of it. */
	boolean handle();

	/** Drops all; returns how many. */
	int discard();

	/** The connection is gone. */
	default void disconnected() {
	}

}
