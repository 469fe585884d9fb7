package dev.socketserver.operator;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The taps of an application. All methods may be called from any thread.
 */
public interface SocketTaps {

	/**
	 * Starts a tap.
	 * @param request which sessions, for how long, and how much of them
	 * @return the tap
	 * @throws NoSuchElementException if the session that is asked for is not open
	 * @throws IllegalStateException if as many taps run as may at once, or the
	 * application stops
	 * @throws IllegalArgumentException if it is to keep more than {@link #mostBytes()}
	 */
	SocketTap start(TapRequest request);

	/**
	 * Returns the taps that run and those that ended last.
	 * @return the taps, in the order in which they were started
	 */
	List<SocketTap> taps();

	/**
	 * Returns a tap.
	 * @param id its id
	 * @return the tap, or empty if there is none, or none any more
	 */
	Optional<SocketTap> tap(String id);

	/**
	 * Ends a tap if it runs, and forgets it.
	 * @param id its id
	 * @param by who asks, for the log
	 * @return {@code false} if there is no such tap
	 */
	boolean remove(String id, String by);

	/**
	 * Returns how many bytes a tap may hold.
	 * @return the most that can be asked for
	 */
	long mostBytes();

}
