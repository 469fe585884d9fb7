package dev.socketserver.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;

/**
 * Vert.x, with its own parser of lines and of what has a known length.
 */
final class VertxEcho implements EchoServer {

	private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));

	@Override
	public int start(Service service) throws IOException, InterruptedException {
		if (!this.vertx.isNativeTransportEnabled()) {
			throw new IOException("Vert.x does not use epoll", this.vertx.unavailableNativeTransportCause());
		}
		try {
			return this.vertx
				.createNetServer(
						new NetServerOptions().setHost("127.0.0.1").setPort(0).setAcceptBacklog(MAX_CONNECTIONS))
				.connectHandler((socket) -> socket.handler(service.frames() ? frames(service, socket)
						: RecordParser.newDelimited("\n",
								(line) -> socket.write(service.reply(line.toString(StandardCharsets.UTF_8)) + "\n"))))
				.listen()
				.toCompletionStage()
				.toCompletableFuture()
				.get()
				.actualPort();
		}
		catch (ExecutionException ex) {
			throw new IOException("Vert.x cannot listen", ex.getCause());
		}
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
