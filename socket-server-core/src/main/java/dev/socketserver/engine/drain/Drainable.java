package dev.socketserver.engine.drain;

/**
 * A session that can be ended in its turn. Any thread; what it says may be outdated a
 * moment later.
 */
public interface Drainable {

	/**
	 * Returns when it has opened, by the clock of {@link System#nanoTime}.
	 * @return the time in nanoseconds
	 */
	long openedNanos();

	/**
	 * Returns since when its peer has been silent, by the clock of
	 * {@link System#nanoTime}; to a few hundredths of a second.
	 * @return the time in nanoseconds
	 */
	long silentSince();

	/**
	 * Whether ending it now would have somebody wait or lose something: a call of its
	 * handler, a reply, a request to its peer or half a frame is under way.
	 * @return {@code true} if so
	 */
	boolean isBusy();

	/**
	 * Whether it is ending already.
	 * @return {@code true} once nothing more is to be done
	 */
	boolean closing();

}
