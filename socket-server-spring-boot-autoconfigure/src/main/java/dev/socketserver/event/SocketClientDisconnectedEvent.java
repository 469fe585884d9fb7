package dev.socketserver.event;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.client.SocketClient;

/**
 * A client that had connected is not connected any more. Attempts to connect that fail
 * are not told, however many there are.
 *
 * @param client the client
 * @param session the connection that ended
 * @param status how it ended
 */
public record SocketClientDisconnectedEvent(SocketClient client, SocketSession session, CloseStatus status) {

}
