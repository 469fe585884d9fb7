package dev.socketserver.benchmarks;

import java.nio.charset.StandardCharsets;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;

/**
 * Plain Netty as in tutorials: Netty's decoders, and a write and a flush for every reply.
 */
final class FlushingNettyEcho extends NettyEcho {

	FlushingNettyEcho() {
		super(false);
	}

	@Override
	protected ChannelHandler[] handlers(Service service) {
		StringDecoder decoder = new StringDecoder(StandardCharsets.UTF_8);
		StringEncoder encoder = new StringEncoder(StandardCharsets.UTF_8);
		if (service.frames()) {
			return new ChannelHandler[] { new LengthFieldBasedFrameDecoder(MAX_MESSAGE, 0, 4, 0, 4), decoder,
					new LengthFieldPrepender(4), encoder, new Replies(service, "") };
		}
		return new ChannelHandler[] { new LineBasedFrameDecoder(MAX_MESSAGE), decoder, encoder,
				(service == Service.ASK) ? new NettyRequests() : new Replies(service, "\n") };
	}

	private final class Replies extends SimpleChannelInboundHandler<String> {

		private final Service service;

		private final String end;

		Replies(Service service, String end) {
			this.service = service;
			this.end = end;
		}

		@Override
		protected void channelRead0(ChannelHandlerContext context, String message) {
			send(this.service, context, this.service.reply(message) + this.end);
		}

	}

}
