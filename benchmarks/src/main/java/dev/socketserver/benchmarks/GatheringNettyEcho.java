package dev.socketserver.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.TooLongFrameException;
import org.jspecify.annotations.Nullable;

/**
 * Plain Netty written for speed: one handler cuts lines and gathers the replies of all
 * that was read at once in one buffer, which is written and flushed once.
 */
final class GatheringNettyEcho extends NettyEcho {

	@Override
	protected ChannelHandler[] handlers() {
		return new ChannelHandler[] { new Lines() };
	}

	private static final class Lines extends ByteToMessageDecoder {

		private static final int FIRST_BYTES = 1024;

		private @Nullable ByteBuf replies;

		@Override
		protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
			int end;
			while ((end = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '\n')) >= 0) {
				String line = in.readString(end - in.readerIndex(), StandardCharsets.UTF_8);
				in.skipBytes(1);
				ByteBuf replies = this.replies;
				if (replies == null) {
					replies = context.alloc().ioBuffer(FIRST_BYTES);
					this.replies = replies;
				}
				replies.writeBytes(EchoServer.reply(line).getBytes(StandardCharsets.UTF_8)).writeByte('\n');
			}
			if (in.readableBytes() > MAX_LINE) {
				throw new TooLongFrameException("A line has more than " + MAX_LINE + " bytes");
			}
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) throws Exception {
			ByteBuf replies = this.replies;
			if (replies != null) {
				this.replies = null;
				ChannelFuture unused = context.writeAndFlush(replies);
			}
			super.channelReadComplete(context);
		}

		@Override
		protected void handlerRemoved0(ChannelHandlerContext context) {
			if (this.replies != null) {
				this.replies.release();
				this.replies = null;
			}
		}

	}

}
