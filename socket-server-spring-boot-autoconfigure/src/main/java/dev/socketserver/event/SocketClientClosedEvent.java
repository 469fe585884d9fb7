package dev.socketserver.event;

import dev.socketserver.client.SocketClient;

/**
 * A client has stopped, or was closed. This is its last event, unless it is started
 * again. Not delivered by a context that is already closed.
 *
 * @param client the client
 */
public record SocketClientClosedEvent(SocketClient client) {

}
