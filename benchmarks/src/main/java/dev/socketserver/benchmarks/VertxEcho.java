package dev.socketserver.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;

import dev.socketserver.fixtures.Ports;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;

/**
 * Vert.x, with its own parser for lines and for data of known length.
 */
final class VertxEcho implements EchoServer {

	private final Vertx vertx = Vertx
		.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(LOOPS));

	/** The connections to which messages are broadcast; all are on one event loop. */
	private final List<NetSocket> members = new ArrayList<>();

	@Override
	public int start(Service service) throws IOException, InterruptedException {
		if (!this.vertx.isNativeTransportEnabled()) {
			throw new IOException("Vert.x does not use epoll", this.vertx.unavailableNativeTransportCause());
		}
		int port = Ports.free();
		// Each has an event loop of its own, and they share a port that they are told.
		for (int loop = 0; loop < LOOPS; loop++) {
			listen(service, port);
		}
		return port;
	}

	private void listen(Service service, int port) throws IOException, InterruptedException {
		try {
			this.vertx.createNetServer(options(service).setPort(port))
				.connectHandler(
						(socket) -> socket.handler(service.frames() ? frames(service, socket) : lines(service, socket)))
				.listen()
				.toCompletionStage()
				.toCompletableFuture()
				.get();
		}
		catch (ExecutionException ex) {
			throw new IOException("Vert.x cannot listen", ex.getCause());
		}
	}

	private static NetServerOptions options(Service service) {
		NetServerOptions options = new NetServerOptions().setHost("127.0.0.1").setAcceptBacklog(MAX_CONNECTIONS);
		if (service == Service.TLS) {
			options.setSsl(true)
				.setKeyCertOptions(KeyCertOptions.wrap(SelfSigned.keys()))
				.setEnabledSecureTransportProtocols(Set.of(SelfSigned.PROTOCOL));
		}
		return options;
	}

	private RecordParser lines(Service service, NetSocket socket) {
		List<NetSocket> receivers = List.of(socket);
		if (service == Service.BROADCAST) {
			receivers = this.members;
			receivers.add(socket);
			socket.closeHandler((closed) -> this.members.remove(socket));
		}
		Iterable<NetSocket> all = receivers;
		return RecordParser.newDelimited("\n", (line) -> {
			String reply = service.reply(line.toString(StandardCharsets.UTF_8)) + "\n";
			all.forEach((receiver) -> receiver.write(reply));
		});
	}

	private static RecordParser frames(Service service, NetSocket socket) {
		RecordParser parser = RecordParser.newFixed(Integer.BYTES);
		boolean[] head = { true };
		parser.handler((buffer) -> {
			if (head[0]) {
				parser.fixedSizeMode(buffer.getInt(0));
			}
			else {
				byte[] reply = service.reply(buffer.toString(StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
				socket.write(Buffer.buffer(Integer.BYTES + reply.length).appendInt(reply.length).appendBytes(reply));
				parser.fixedSizeMode(Integer.BYTES);
			}
			head[0] = !head[0];
		});
		return parser;
	}

}
