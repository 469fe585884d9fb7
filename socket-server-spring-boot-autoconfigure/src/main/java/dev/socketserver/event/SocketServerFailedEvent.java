package dev.socketserver.event;

import dev.socketserver.SocketServer;

/**
 * A server could not start.
 *
 * @param server the server
 * @param cause why
 */
public record SocketServerFailedEvent(SocketServer server, Throwable cause) {

}
