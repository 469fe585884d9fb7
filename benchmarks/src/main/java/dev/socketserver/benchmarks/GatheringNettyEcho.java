package dev.socketserver.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.TooLongFrameException;
import org.jspecify.annotations.Nullable;

/**
 * Plain Netty written for speed: one handler decodes messages, and collects the replies
 * to all messages of one read in one buffer, which is written and flushed once.
 */
final class GatheringNettyEcho extends NettyEcho {

	GatheringNettyEcho(boolean uring) {
		super(uring);
	}

	@Override
	protected ChannelHandler[] handlers(Service service) {
		return new ChannelHandler[] { service.frames() ? new Frames(service) : new Lines(service) };
	}

	/** What the decoders of lines and frames have in common. */
	private abstract class Gathering extends ByteToMessageDecoder {

		private static final int FIRST_BYTES = 1024;

		private final Service service;

		private @Nullable ByteBuf replies;

		Gathering(Service service) {
			this.service = service;
		}

		protected byte[] reply(ByteBuf in, int length) {
			return this.service.reply(in.readString(length, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
		}

		protected ByteBuf replies(ChannelHandlerContext context) {
			ByteBuf gathered = this.replies;
			if (gathered == null) {
				gathered = context.alloc().ioBuffer(FIRST_BYTES);
				this.replies = gathered;
			}
			return gathered;
		}

		protected static void check(int length) {
			if (length < 0 || length > MAX_MESSAGE) {
				throw new TooLongFrameException("A message has more than " + MAX_MESSAGE + " bytes");
			}
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) throws Exception {
			ByteBuf gathered = this.replies;
			if (gathered != null) {
				this.replies = null;
				send(this.service, context, gathered);
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

	private final class Lines extends Gathering {

		Lines(Service service) {
			super(service);
		}

		@Override
		protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
			int end;
			while ((end = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '\n')) >= 0) {
				byte[] reply = reply(in, end - in.readerIndex());
				in.skipBytes(1);
				replies(context).writeBytes(reply).writeByte('\n');
			}
			check(in.readableBytes());
		}

	}

	private final class Frames extends Gathering {

		Frames(Service service) {
			super(service);
		}

		@Override
		protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
			while (in.readableBytes() >= Integer.BYTES) {
				int length = in.getInt(in.readerIndex());
				check(length);
				if (in.readableBytes() < Integer.BYTES + length) {
					return;
				}
				in.skipBytes(Integer.BYTES);
				byte[] reply = reply(in, length);
				replies(context).writeInt(reply.length).writeBytes(reply);
			}
		}

	}

}
