package dev.socketserver.netty.channel;

import dev.socketserver.netty.tls.SessionTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Drops what is received, in front of those who would decrypt or handle it. On the event
 * loop.
 */
final class DroppedInput extends ChannelInboundHandlerAdapter {

	private final ChannelEnd end;

	private DroppedInput(ChannelEnd end) {
		this.end = end;
	}

	/**
	 * Has all input be dropped from now on, before it is decrypted: it would be kept
	 * without bound after the end of the peer's output, and it is not wanted. While we
	 * linger, handlers of the application do not get it either: if one of them failed, we
	 * would close, and destroy what the peer has still to read.
	 */
	static void begin(ChannelPipeline pipeline, ChannelEnd end, @Nullable SessionTls tls,
			@Nullable CustomHandlers custom) {
		ChannelHandlerContext before = null;
		if (end.isLingering() && custom != null) {
			before = custom.first();
		}
		else if (tls != null) {
			before = tls.recordsContext(pipeline);
		}
		if (before != null && end.dropInput()) {
			if (tls != null) {
				// The rest of the bytes that are being read just now.
				tls.drop();
			}
			pipeline.addBefore(before.name(), null, new DroppedInput(end));
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		this.end.received((message instanceof ByteBuf buffer) ? buffer.readableBytes() : 0);
		ReferenceCountUtil.release(message);
	}

}
