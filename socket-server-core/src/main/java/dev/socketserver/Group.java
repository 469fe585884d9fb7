package dev.socketserver;

import java.util.stream.Stream;

/**
 * Sessions of one server that have {@linkplain SocketSession#join joined} under one name.
 * It is a live view: sessions come and go, and one that has ended is no longer in it. All
 * methods may be called from any thread.
 */
public interface Group {

	/**
	 * Returns the name.
	 * @return the name
	 */
	String name();

	/**
	 * Returns the sessions. The stream is weakly consistent.
	 * @return the sessions, in no particular order
	 */
	Stream<SocketSession> sessions();

	/**
	 * Sends a payload to every session of the group. A session with too much unsent
	 * output does what its server's {@code outbound.overflow} says, but never makes the
	 * others wait.
	 * @param payload what to send, as for {@link SocketSession#send(Object)}
	 * @return the number of sessions that took it
	 * @throws IllegalArgumentException if the payload is of another type, cannot be
	 * converted, or cannot be carried by the framing of any session that would take it
	 */
	int broadcast(Object payload);

}
