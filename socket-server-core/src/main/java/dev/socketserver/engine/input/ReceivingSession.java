package dev.socketserver.engine.input;

import dev.socketserver.CloseStatus;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.state.SessionState;

/**
 * A session as its {@link Deframer} sees it: its state, and what takes what is made of
 * its input. The three methods are called on the loop.
 */
public abstract class ReceivingSession extends SessionState {

	/**
	 * Creates the state of a session that opens now.
	 * @param connection the connection
	 */
	protected ReceivingSession(Connection connection) {
		super(connection);
	}

	/**
	 * Frames were decoded; the inbox has counted them.
	 * @param payloads the payload, or an {@code Object[]} of several
	 * @param count how many
	 * @param bytes how many bytes they had
	 */
	public abstract void frames(Object payloads, int count, int bytes);

	/**
	 * The framing answers by itself.
	 * @param frames the answer, framed already
	 */
	public abstract void answer(byte[] frames);

	/**
	 * No further frame comes: after those before, the session is to end like this.
	 * @param status how
	 */
	public abstract void inputEnded(CloseStatus status);

}
