package dev.socketserver.benchmarks.ask;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;

/** {@code SocketSession.ask}, with a correlator. */
final class SocketServerAsker implements Asker {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final List<SocketSession> sessions = new CopyOnWriteArrayList<>();

	private final NettySocketServers servers;

	private final SocketServer server;

	SocketServerAsker(ExecutionMode mode) {
		SocketServerListener listener = new SocketServerListener() {

			@Override
			public void opened(SocketSession session) {
				SocketServerAsker.this.sessions.add(session);
			}

		};
		this.servers = new NettySocketServers(() -> List.of(listener), 1);
		this.server = this.servers.register(ServerSpec.builder("ask")
			.handler(ServerHandler.function("none", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> null))
			.execution((e) -> e.mode(mode))
			.correlator(SocketServerAsker::key)
			.build());
		this.server.start();
	}

	static String key(Object line) {
		String text = (String) line;
		return text.substring(0, text.indexOf(':'));
	}

	@Override
	public int port() {
		return Objects.requireNonNull(this.server.localAddress()).getPort();
	}

	@Override
	public int peers() {
		return this.sessions.size();
	}

	@Override
	public CompletableFuture<?> ask(int peer, String request) {
		return this.sessions.get(peer).ask(request, TIMEOUT);
	}

	@Override
	public void close() {
		this.servers.close();
	}

}
