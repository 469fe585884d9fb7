package dev.socketserver.benchmarks;

import java.nio.charset.StandardCharsets;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;

/**
 * Plain Netty as one finds it in tutorials: Netty's decoders, and every reply written and
 * flushed by itself.
 */
final class FlushingNettyEcho extends NettyEcho {

	@Override
	protected ChannelHandler[] handlers() {
		return new ChannelHandler[] { new LineBasedFrameDecoder(MAX_LINE), new StringDecoder(StandardCharsets.UTF_8),
				new StringEncoder(StandardCharsets.UTF_8), new Replies() };
	}

	private static final class Replies extends SimpleChannelInboundHandler<String> {

		@Override
		protected void channelRead0(ChannelHandlerContext context, String line) {
			ChannelFuture unused = context.writeAndFlush(EchoServer.reply(line) + "\n");
		}

	}

}
