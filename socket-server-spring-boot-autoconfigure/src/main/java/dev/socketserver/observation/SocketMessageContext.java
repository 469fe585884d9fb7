package dev.socketserver.observation;

import dev.socketserver.SessionClosedException;
import dev.socketserver.SocketSession;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * The context of the observation of a message. {@link #getError()} is what the handler
 * has thrown, even if the handler then recovered from that, or what a later reply has
 * failed with; it is a {@link SessionClosedException} if the session ended before the
 * replies were there. The message itself is not here, so that no trace can contain it by
 * mistake.
 */
public class SocketMessageContext extends Observation.Context {

	private final SocketSession session;

	private @Nullable String method;

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
	 * Returns the method that handles the message.
	 * @return the class and the method, such as {@code Meters.data}; {@code none} if no
	 * method is for the message; {@code null} if the handler has one method only, or that
	 * is not known yet
	 */
	public @Nullable String getMethod() {
		return this.method;
	}

	void setMethod(String method) {
		this.method = method;
	}

	/**
	 * Returns whether the message has been handled, with all its replies.
	 * @return {@code false} while the outcome is not known
	 */
	public boolean isEnded() {
		return this.ended;
	}

	void end() {
		this.ended = true;
	}

}
