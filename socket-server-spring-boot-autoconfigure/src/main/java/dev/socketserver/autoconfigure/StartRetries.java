package dev.socketserver.autoconfigure;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Tells which servers that cannot listen are tried again.
 */
public interface StartRetries {

	/**
	 * Returns when a server is tried again.
	 * @param server the server's name
	 * @return the time of the next attempt, or {@code null} if there is none to come
	 */
	@Nullable Instant nextAttempt(String server);

}
