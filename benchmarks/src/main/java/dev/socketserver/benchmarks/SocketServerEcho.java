package dev.socketserver.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

/**
 * This project's server, with all its defaults, and perhaps something besides.
 */
final class SocketServerEcho implements EchoServer {

	private static final PayloadConverter<String> TEXT = PayloadConverter.text(StandardCharsets.UTF_8);

	private final NettySocketServers servers;

	private final Feature feature;

	private final ExecutionMode execution;

	private final SocketTransport transport;

	SocketServerEcho(ExecutionMode execution, SocketTransport transport, Feature feature) {
		this.servers = feature.servers();
		this.feature = feature;
		this.execution = execution;
		this.transport = transport;
	}

	@Override
	public int start(Service service) {
		ServerSpec.Builder spec = ServerSpec.builder(service.id())
			.port(0)
			.limits((l) -> l.sessions(MAX_CONNECTIONS).pending(4 * MAX_CONNECTIONS))
			// One address, which is that of the load generator, can have a quarter of
			// them.

			.framing(service.frames() ? Framing.lengthField().build() : Framing.line())
			.transport(this.transport)
			.execution((e) -> e.mode(this.execution))
			.tls((service == Service.TLS) ? SelfSignedTls.create() : null)
			.correlator((service == Service.ASK) ? Service::key : null)
			.handler(handler(service));
		this.feature.addTo(spec);
		SocketServer server = this.servers.register(spec.build());
		server.start();
		return Objects.requireNonNull(server.localAddress()).getPort();
	}

	private ServerHandler handler(Service service) {
		return switch (service) {
			case BROADCAST -> ServerHandler.function("broadcast", TEXT, this::broadcast);
			case ASK -> new ServerHandler.Messages("ask", TEXT, false, (spec) -> new SocketServerRequests());
			case CLUSTER -> throw new IllegalArgumentException("There is one node");
			case LINES, FRAMES, WORDS, STORED, BLOCKING, TLS -> ServerHandler.function("echo", TEXT, service::reply);
		};
	}

	/** Sends the reply to all sessions, and returns none for the one that asked. */
	private @Nullable String broadcast(String line) {
		this.servers.server(Service.BROADCAST.id())
			.ifPresent((server) -> server.broadcast(Service.BROADCAST.reply(line)));
		return null;
	}

}
