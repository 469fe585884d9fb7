package dev.socketserver.event;

import dev.socketserver.SocketServer;

/**
 * A server could not start.
 *
 * @param server the server
 * @param cause the reason for the failure
 */
public record SocketServerFailedEvent(SocketServer server, Throwable cause) {

}
