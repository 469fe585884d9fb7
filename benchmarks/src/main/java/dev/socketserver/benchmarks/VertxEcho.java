package dev.socketserver.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.parsetools.RecordParser;

/**
 * Vert.x, with its own parser of lines.
 */
final class VertxEcho implements EchoServer {

	@Override
	public int start() throws IOException, InterruptedException {
		Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
		if (!vertx.isNativeTransportEnabled()) {
			throw new IOException("Vert.x does not use epoll", vertx.unavailableNativeTransportCause());
		}
		try {
			return vertx.createNetServer(new NetServerOptions().setHost("127.0.0.1").setPort(0))
				.connectHandler((socket) -> socket.handler(RecordParser.newDelimited("\n",
						(line) -> socket.write(EchoServer.reply(line.toString(StandardCharsets.UTF_8)) + "\n"))))
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

}
