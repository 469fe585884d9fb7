package dev.socketserver.comingfrom;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.parsetools.RecordParser;

class VertxUpper implements AutoCloseable {

	private final Vertx vertx = Vertx.vertx();

	Future<NetServer> start() {
		return this.vertx.createNetServer()
			.connectHandler((socket) -> socket.handler(RecordParser.newDelimited("\n", (line) -> {
				String text = line.toString(StandardCharsets.UTF_8);
				socket.write(text.toUpperCase(Locale.ROOT) + "\n");
			})))
			.listen(0, "127.0.0.1");
	}

	@Override
	public void close() {
		this.vertx.close();
	}

}
