package dev.socketserver.benchmarks;

import java.nio.charset.StandardCharsets;

import io.netty.channel.ChannelOption;
import io.netty.handler.codec.LineBasedFrameDecoder;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/**
 * Reactor Netty, as its reference documentation writes a line server.
 */
final class ReactorNettyEcho implements EchoServer {

	@Override
	public int start() {
		return TcpServer.create()
			.host("127.0.0.1")
			.port(0)
			.runOn(LoopResources.create("reactor", 1, true))
			.childOption(ChannelOption.TCP_NODELAY, true)
			.doOnConnection((connection) -> connection.addHandlerLast(new LineBasedFrameDecoder(MAX_LINE)))
			.handle((in, out) -> out.sendString(
					in.receive().asString(StandardCharsets.UTF_8).map((line) -> EchoServer.reply(line) + "\n"),
					StandardCharsets.UTF_8))
			.bindNow()
			.port();
	}

}
