package dev.socketserver.actuate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.payload.PayloadConverter;

/**
 * Real servers on free ports for tests, and plain sockets as their peers.
 */
public final class RunningServers implements AutoCloseable {

	private final NettySocketServers servers;

	public RunningServers(SocketServerListener... listeners) {
		this.servers = new NettySocketServers(List.of(listeners));
	}

	/** Servers that share so many event loops. */
	public RunningServers(int eventLoops, SocketServerListener... listeners) {
		this.servers = new NettySocketServers(() -> List.of(listeners), eventLoops);
	}

	/** Removes all servers and clients that tests have left. */
	public static void removeAll(SocketServers servers, SocketClients clients) {
		List<String> names = new ArrayList<>();
		servers.forEach((server) -> names.add(server.name()));
		names.forEach(servers::remove);
		names.clear();
		clients.forEach((client) -> names.add(client.name()));
		names.forEach(clients::remove);
	}

	public NettySocketServers servers() {
		return this.servers;
	}

	/** Starts a server that answers lines in upper case. */
	public SocketServer upper(String name) {
		return started(this.servers, upperSpec(name).build());
	}

	public static ServerSpec.Builder upperSpec(String name) {
		return ServerSpec.builder(name)
			.handler(ServerHandler.function("upper", PayloadConverter.text(StandardCharsets.UTF_8),
					(text) -> text.toUpperCase(Locale.ROOT)));
	}

	/** Starts a server whose sessions get the attributes. */
	public SocketServer withAttributes(String name, Map<String, Object> attributes) {
		SessionHandler handler = new SessionHandler() {

			@Override
			public void opened(SocketSession session) {
				session.attributes().putAll(attributes);
			}

			@Override
			public Object received(Object payload, SocketSession session) {
				return payload;
			}

		};
		return started(this.servers,
				ServerSpec.builder(name)
					.handler(new ServerHandler.Messages("attributes", PayloadConverter.text(StandardCharsets.UTF_8),
							false, (spec) -> handler))
					.framing(Framing.line())
					.build());
	}

	/**
	 * Starts a server whose handler tells the last line, which it takes until the
	 * release.
	 */
	public SocketServer detailed(String name, CountDownLatch release) {
		return started(this.servers, detailedSpec(name, release).build());
	}

	public static ServerSpec.Builder detailedSpec(String name, CountDownLatch release) {
		SessionHandler handler = new SessionHandler() {

			@Override
			public Object received(Object payload, SocketSession session) {
				session.attributes().put("last", payload);
				if (payload.equals("wait")) {
					Patience.hold(release);
				}
				return payload;
			}

			@Override
			public Map<String, ?> details(SocketSession session) {
				Object last = session.attributes().getOrDefault("last", "none");
				if (last.equals("fail")) {
					throw new IllegalStateException("provoked");
				}
				return Map.of("last", last, "length", last.toString().length());
			}

		};
		return ServerSpec.builder(name)
			.handler(new ServerHandler.Messages("telling", PayloadConverter.text(StandardCharsets.UTF_8), false,
					(spec) -> handler));
	}

	/** Starts a server whose sessions last as long as the handler's call. */
	public SocketServer stream(String name, StreamHandler handler) {
		return started(this.servers, streamSpec(name, handler));
	}

	public static ServerSpec streamSpec(String name, StreamHandler handler) {
		return streamBuilder(name, handler).build();
	}

	public static ServerSpec.Builder streamBuilder(String name, StreamHandler handler) {
		return ServerSpec.builder(name).handler(ServerHandler.stream("stream", handler));
	}

	/** A server that answers lines with themselves, the first one upon release. */
	public static ServerSpec slowSpec(String name, CountDownLatch release) {
		return slow(name, release).build();
	}

	public static ServerSpec.Builder slow(String name, CountDownLatch release) {
		return ServerSpec.builder(name)
			.handler(ServerHandler.function("slow", PayloadConverter.text(StandardCharsets.UTF_8), (text) -> {
				Patience.hold(release);
				return text;
			}));
	}

	public static SocketServer started(SocketServers servers, ServerSpec spec) {
		SocketServer server = servers.register(spec);
		server.start();
		return server;
	}

	@Override
	public void close() {
		this.servers.close();
	}

}
