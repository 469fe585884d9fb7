package dev.socketserver.client;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;

/**
 * Is told what happens to clients: of each client one thing after the other, in order,
 * each transition once and none left out. Calls come from a thread of the background,
 * never from an I/O thread; a listener that takes long delays what the same client tells
 * next, and nothing else. An exception is logged and has no other effect.
 */
public interface SocketClientListener {

	/**
	 * A client exists from now on. On the thread that registers it.
	 * @param client the client, {@link ClientState#STOPPED}
	 */
	default void registered(SocketClient client) {
	}

	/**
	 * A client was removed.
	 * @param client the client, closed
	 */
	default void removed(SocketClient client) {
	}

	/**
	 * A client has connected. Followed by {@link #disconnected} before it can be told
	 * again.
	 * @param client the client
	 * @param session the connection
	 */
	default void connected(SocketClient client, SocketSession session) {
	}

	/**
	 * A client that had connected is not connected any more. Attempts that fail are not
	 * told, however many there are.
	 * @param client the client
	 * @param session the connection that ended; its handler may not have been told yet
	 * @param status how it ended
	 */
	default void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
	}

	/**
	 * A client that was started has stopped or closed: last of all, unless it is started
	 * again.
	 * @param client the client
	 */
	default void closed(SocketClient client) {
	}

}
