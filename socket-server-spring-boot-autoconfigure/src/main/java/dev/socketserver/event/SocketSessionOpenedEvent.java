package dev.socketserver.event;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;

/**
 * A session began. Its handler has not been called yet and waits for the listeners of
 * this event, so they must be quick.
 *
 * @param server the session's server
 * @param session the session
 */
public record SocketSessionOpenedEvent(SocketServer server, SocketSession session) {

}
