package dev.socketserver.netty.listen;

import java.util.List;

import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.execution.HandlerThreads;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;

/**
 * What a listener has taken in one run.
 *
 * @param transport the transport, resolved
 * @param tls what handshakes need, if there are any
 * @param threads run the handlers; those of the run
 * @param customizers add handlers to connections
 * @param loops serve the port, and what it accepts; one of them, all sockets of UDP
 * @param releaseLoops gives the loops back
 */
public record ListenerResources(SocketTransport transport, @Nullable ServerTls tls, HandlerThreads threads,
		List<ConnectionCustomizer> customizers, EventLoopGroup loops, Runnable releaseLoops) {

}
