package dev.socketserver.operator;

import java.time.Duration;
import java.util.Objects;

import dev.socketserver.address.Cidr;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions are to be tapped, and how much of them. All selectors that are given
 * must hold.
 *
 * @param session the id of an open session, or {@code null} for any
 * @param server the name of the server, or {@code null} for any
 * @param client the name of the client, or {@code null} for any
 * @param bound an identity, or {@code null} for any; a session that is bound to it later
 * joins the tap
 * @param remote the addresses of peers, or {@code null} for any
 * @param next whether to take the next connection that the other selectors let pass, and
 * no other
 * @param duration how long; more than zero and at most a day
 * @param bytes how many bytes of payload to keep at most; at least 1, and at most
 * {@link SocketTaps#mostBytes()}
 * @param requestedBy who asks, for the log
 */
public record TapRequest(@Nullable String session, @Nullable String server, @Nullable String client,
		@Nullable Identity bound, @Nullable Cidr remote, boolean next, Duration duration, long bytes,
		String requestedBy) {

	/** The longest that a tap runs. */
	public static final Duration MOST_TIME = Duration.ofDays(1);

	/**
	 * Checks the request.
	 * @throws IllegalArgumentException if the time or the number of bytes is not
	 * possible, or the selectors contradict each other
	 */
	public TapRequest {
		Objects.requireNonNull(requestedBy, "requestedBy");
		if (duration.isNegative() || duration.isZero() || duration.compareTo(MOST_TIME) > 0) {
			throw new IllegalArgumentException("A tap runs for at most a day, not " + duration);
		}
		if (bytes <= 0) {
			throw new IllegalArgumentException("A tap keeps a positive number of bytes, not " + bytes);
		}
		if (server != null && client != null) {
			throw new IllegalArgumentException("A session is one of a server or of a client, and not of both");
		}
		if (next && (session != null || bound != null || (server == null && client == null && remote == null))) {
			throw new IllegalArgumentException(
					"The next connection is that of a server, of a client or from a network, and of no session");
		}
		if (session == null && server == null && client == null && bound == null && remote == null) {
			throw new IllegalArgumentException("Nothing says which sessions to tap");
		}
	}

	/**
	 * An identity to which a session can be bound. Those that are listed in the same way,
	 * as {@code type:id}, are meant, too.
	 *
	 * @param type the kind of identity
	 * @param id the identity, unique among those of its type
	 */
	public record Identity(String type, String id) {

	}

}
