package dev.socketserver.event;

import dev.socketserver.SocketServer;

/**
 * A server no longer listens, and its sessions have ended, were aborted, or continue
 * because they were to be kept. Not delivered by a context that is already closed.
 *
 * @param server the server
 */
public record SocketServerStoppedEvent(SocketServer server) {

}
