package dev.socketserver.event;

import java.net.InetSocketAddress;

import dev.socketserver.SocketSession;
import dev.socketserver.client.SocketClient;

/**
 * A client has connected. A {@link SocketClientDisconnectedEvent} follows before the
 * client connects again. Published on a background thread; a listener that takes long
 * delays the next event of the same client.
 *
 * @param client the client
 * @param address the server's address
 * @param session the connection, which may have ended meanwhile
 */
public record SocketClientConnectedEvent(SocketClient client, InetSocketAddress address, SocketSession session) {

}
