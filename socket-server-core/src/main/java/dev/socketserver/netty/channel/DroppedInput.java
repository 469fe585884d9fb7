package dev.socketserver.netty.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Drops what is received, in front of those who would decrypt or handle it. On the event
 * loop.
 */
final class DroppedInput extends ChannelInboundHandlerAdapter {

	private final ChannelEnd end;

	DroppedInput(ChannelEnd end) {
		this.end = end;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		this.end.received((message instanceof ByteBuf buffer) ? buffer.readableBytes() : 0);
		ReferenceCountUtil.release(message);
	}

}
