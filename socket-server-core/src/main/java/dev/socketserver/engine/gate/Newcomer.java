package dev.socketserver.engine.gate;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;

/** A session that is not logged in. */
public interface Newcomer extends SocketSession {

	/**
	 * Ends the session at once. Any thread.
	 * @param status how it ends
	 */
	void abort(CloseStatus status);

}
