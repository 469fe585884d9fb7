package dev.socketserver.event;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;

/**
 * A session has ended, and its handler was notified of that.
 *
 * @param server the session's server
 * @param session the session, which is closed
 * @param status how it ended
 */
public record SocketSessionClosedEvent(SocketServer server, SocketSession session, CloseStatus status) {

	/**
	 * Returns by which listener of the server the session came.
	 * @return the name of the listener
	 */
	public String listener() {
		return this.session.listener();
	}

	@Override
	public String toString() {
		return "SocketSessionClosedEvent[server=%s, session=%s, status=%s]"
			.formatted(ServerLabel.of(this.server, this.session), this.session, this.status);
	}

}
