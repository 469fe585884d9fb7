package dev.socketserver.client;

import org.jspecify.annotations.Nullable;

/**
 * Tells which reply belongs to which request, for {@link SocketClient#ask} where replies
 * do not come in the order of requests. One function reads both. It is called on threads
 * that send and on the session's lane: it must be safe for use by several threads, quick,
 * and not throw.
 */
@FunctionalInterface
public interface Correlator {

	/**
	 * Returns the key of a payload.
	 * @param payload what {@code ask} was given, or what was received
	 * @return the key, the same for a request and its reply, with {@code equals} and
	 * {@code hashCode}, so no array; {@code null} for what is neither
	 */
	@Nullable Object key(Object payload);

}
