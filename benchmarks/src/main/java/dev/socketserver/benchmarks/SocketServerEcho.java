package dev.socketserver.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

import dev.socketserver.ExecutionMode;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.Transport;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.payload.PayloadConverter;

/**
 * Our server, with everything on that is on by default.
 */
final class SocketServerEcho implements EchoServer {

	private final ExecutionMode execution;

	SocketServerEcho(ExecutionMode execution) {
		this.execution = execution;
	}

	@Override
	public int start() {
		NettySocketServers servers = new NettySocketServers(List::of, 1);
		SocketServer server = servers.register(ServerSpec.builder("echo")
			.port(0)
			.transport(Transport.EPOLL)
			.execution(this.execution)
			.handler(ServerHandler.function("echo", PayloadConverter.text(StandardCharsets.UTF_8), EchoServer::reply))
			.build());
		server.start();
		return Objects.requireNonNull(server.localAddress()).getPort();
	}

}
