package dev.socketserver.netty.datagram;

import dev.socketserver.netty.execution.HandlerThreads;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.EventLoopGroup;

/**
 * What a listener of UDP has taken in one run.
 *
 * @param transport the transport, resolved
 * @param threads run the handlers
 * @param loops one of them serves all sockets
 * @param binder binds the sockets
 * @param release gives the loops back
 */
public record DatagramResources(SocketTransport transport, HandlerThreads threads, EventLoopGroup loops,
		DatagramBinder binder, Runnable release) {

}
