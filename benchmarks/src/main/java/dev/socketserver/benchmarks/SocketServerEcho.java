package dev.socketserver.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

import dev.socketserver.ExecutionMode;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.Transport;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.payload.PayloadConverter;

/**
 * Our server, with everything on that is on by default.
 */
final class SocketServerEcho implements EchoServer {

	private final NettySocketServers servers = new NettySocketServers(List::of, 1);

	private final ExecutionMode execution;

	private final Transport transport;

	SocketServerEcho(ExecutionMode execution, Transport transport) {
		this.execution = execution;
		this.transport = transport;
	}

	@Override
	public int start(Service service) {
		SocketServer server = this.servers.register(ServerSpec.builder(service.id())
			.port(0)
			.maxSessions(MAX_CONNECTIONS)
			.framing(service.frames() ? Framing.lengthField().build() : Framing.line())
			.transport(this.transport)
			.execution(this.execution)
			.handler(ServerHandler.function("echo", PayloadConverter.text(StandardCharsets.UTF_8), service::reply))
			.build());
		server.start();
		return Objects.requireNonNull(server.localAddress()).getPort();
	}

}
