package dev.socketserver.event;

import java.net.InetSocketAddress;

import dev.socketserver.SocketServer;

/**
 * A server listens. Published on the thread that started it, after
 * {@code local.socket.<name>.port} is in the environment.
 *
 * @param server the server
 * @param address where it listens, with the actual port
 */
public record SocketServerStartedEvent(SocketServer server, InetSocketAddress address) {

}
