package dev.socketserver.client;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;

/**
 * A listener that is notified of what happens to clients. The events of one client are
 * reported one after the other, each exactly once, on a background thread and never on an
 * I/O thread. A slow listener delays only the next events of the same client. What a
 * listener throws is logged and has no other effect.
 */
public interface SocketClientListener {

	/**
	 * A client was registered. Called on the thread that registers it.
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
	 * A client has connected. Not called again for this client before
	 * {@link #disconnected}.
	 * @param client the client
	 * @param session the connection
	 */
	default void connected(SocketClient client, SocketSession session) {
	}

	/**
	 * A client has lost its connection, or closed it. Not called for attempts to connect
	 * that fail.
	 * @param client the client
	 * @param session the connection that ended; its handler may not have finished yet
	 * @param status how it ended
	 */
	default void disconnected(SocketClient client, SocketSession session, CloseStatus status) {
	}

	/**
	 * A client that was started has stopped or closed. Called last, unless the client is
	 * started again.
	 * @param client the client
	 */
	default void closed(SocketClient client) {
	}

}
