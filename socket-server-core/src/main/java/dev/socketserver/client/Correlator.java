package dev.socketserver.client;

import org.jspecify.annotations.Nullable;

/**
 * Assigns replies to requests, for {@link SocketClient#ask} with servers that do not
 * reply in the order of the requests. The same function is called for requests, on the
 * threads that send them, and for everything that is received, in the order of the
 * session's calls. It must be safe for use by several threads, must return quickly, and
 * must not throw.
 */
@FunctionalInterface
public interface Correlator {

	/**
	 * Returns the key of a payload.
	 * @param payload what was given to {@code ask}, or what was received
	 * @return the key, which is equal for a request and its reply, and must have
	 * {@code equals} and {@code hashCode}, so that it cannot be an array; {@code null} if
	 * the payload is neither a request nor a reply
	 */
	@Nullable Object key(Object payload);

}
