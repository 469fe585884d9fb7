package dev.socketserver.benchmarks;

import java.nio.charset.StandardCharsets;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.codec.LineBasedFrameDecoder;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/**
 * Reactor Netty, written as the line server of its reference documentation.
 */
final class ReactorNettyEcho implements EchoServer {

	private final LoopResources loops = LoopResources.create("reactor", 1, true);

	@Override
	public int start(Service service) {
		String end = service.frames() ? "" : "\n";
		return TcpServer.create()
			.host("127.0.0.1")
			.port(0)
			.runOn(this.loops)
			.option(ChannelOption.SO_BACKLOG, MAX_CONNECTIONS)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.doOnConnection((connection) -> decode(connection, service))
			.handle((in, out) -> out.sendString(
					in.receive().asString(StandardCharsets.UTF_8).map((message) -> service.reply(message) + end),
					StandardCharsets.UTF_8))
			.bindNow()
			.port();
	}

	private static void decode(Connection connection, Service service) {
		if (service.frames()) {
			ChannelHandler prepender = new LengthFieldPrepender(Integer.BYTES);
			connection.addHandlerLast(new LengthFieldBasedFrameDecoder(MAX_MESSAGE, 0, Integer.BYTES, 0, Integer.BYTES))
				.addHandlerLast(prepender);
		}
		else {
			connection.addHandlerLast(new LineBasedFrameDecoder(MAX_MESSAGE));
		}
	}

}
