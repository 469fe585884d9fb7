package dev.socketserver.autoconfigure.lifecycle;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Determines when servers that cannot listen are tried again.
 */
public interface StartRetries {

	/**
	 * Returns when a server is tried again.
	 * @param server the server's name
	 * @return the time of the next attempt, or {@code null} if none is due
	 */
	@Nullable Instant nextAttempt(String server);

}
