package dev.socketserver.observation;

import dev.socketserver.SocketSession;
import io.micrometer.observation.Observation;

/**
 * What is known of a message that is being handled. {@link #getError()} is what its
 * handler has thrown. The message itself is not here, so that it gets into no trace by
 * mistake.
 */
public class SocketMessageContext extends Observation.Context {

	private final SocketSession session;

	private boolean ended;

	/**
	 * Creates a context.
	 * @param session the session that the message belongs to
	 */
	public SocketMessageContext(SocketSession session) {
		this.session = session;
	}

	/**
	 * Returns the session.
	 * @return the session
	 */
	public SocketSession getSession() {
		return this.session;
	}

	/**
	 * Whether the message has been handled, with all its replies.
	 * @return {@code false} while the outcome is not known
	 */
	public boolean isEnded() {
		return this.ended;
	}

	void end() {
		this.ended = true;
	}

}
