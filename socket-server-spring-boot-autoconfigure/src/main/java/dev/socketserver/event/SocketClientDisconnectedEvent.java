package dev.socketserver.event;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.client.SocketClient;

/**
 * A client has lost or closed its connection. There are no events for attempts to connect
 * that fail.
 *
 * @param client the client
 * @param session the connection that ended
 * @param status how it ended
 */
public record SocketClientDisconnectedEvent(SocketClient client, SocketSession session, CloseStatus status) {

}
