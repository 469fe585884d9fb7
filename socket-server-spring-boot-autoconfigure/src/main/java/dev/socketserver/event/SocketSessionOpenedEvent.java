package dev.socketserver.event;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;

/**
 * A session has begun. Its handler is not called before all listeners of this event have
 * returned, so they must be quick.
 *
 * @param server the session's server
 * @param session the session
 */
public record SocketSessionOpenedEvent(SocketServer server, SocketSession session) {

	/**
	 * Returns by which listener of the server the session came.
	 * @return the name of the listener
	 */
	public String listener() {
		return this.session.listener();
	}

	@Override
	public String toString() {
		return "SocketSessionOpenedEvent[server=%s, session=%s]".formatted(ServerLabel.of(this.server, this.session),
				this.session);
	}

}
