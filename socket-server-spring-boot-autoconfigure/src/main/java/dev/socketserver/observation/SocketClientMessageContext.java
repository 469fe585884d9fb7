package dev.socketserver.observation;

import dev.socketserver.SocketSession;

/**
 * The context of the observation of a message that the handler of a client is given.
 */
public class SocketClientMessageContext extends SocketMessageContext {

	/**
	 * Creates a context.
	 * @param session the connection that the message was received on
	 */
	public SocketClientMessageContext(SocketSession session) {
		super(session);
	}

}
