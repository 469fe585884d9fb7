package dev.socketserver.netty.connect;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;

import dev.socketserver.address.UnsupportedOptionException;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.netty.channel.SocketKind;
import dev.socketserver.netty.transport.ConnectionOptions;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import io.netty.bootstrap.Bootstrap;
import org.jspecify.annotations.Nullable;

/**
 * Sockets of TCP.
 *
 * @param transport the transport, resolved
 * @param options their options
 * @param write how long a write may take; {@code null} for as long as it likes
 */
record TcpSockets(SocketTransport transport, SocketOptions options, @Nullable Duration write) implements ClientSockets {

	/**
	 * Checks the options.
	 * @throws UnsupportedOptionException if the transport lacks one
	 */
	TcpSockets {
		ConnectionOptions.set(options, write, transport, new Bootstrap()::option);
	}

	@Override
	public SocketKind kind() {
		return SocketKind.TCP;
	}

	@Override
	public void prepare(Bootstrap bootstrap) {
		bootstrap.channelFactory(() -> TransportSupport.of(this.transport).connections().get());
		ConnectionOptions.set(this.options, this.write, this.transport, bootstrap::option);
	}

	@Override
	public SocketAddress target(InetSocketAddress server) {
		return server;
	}

	@Override
	public ConnectFailure reason(Throwable cause) {
		return ConnectFailures.reason(cause);
	}

	@Override
	public Throwable described(InetSocketAddress server, Throwable cause) {
		return ConnectFailures.described(cause, server);
	}

}
