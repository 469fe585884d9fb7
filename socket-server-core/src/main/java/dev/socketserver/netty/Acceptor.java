package dev.socketserver.netty;

import java.net.InetSocketAddress;

import dev.socketserver.RejectReason;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in front of Netty's acceptor in the pipeline of a listening socket: counts what
 * is accepted and refuses what is too much, before anything is spent on it.
 * <p>
 * It forwards exceptions: the pause of a second that Netty makes when accepting fails,
 * for want of descriptors say, is in Netty's acceptor behind it.
 */
final class Acceptor extends ChannelInboundHandlerAdapter {

	/** Of a peer that was gone before we could look. */
	private static final InetSocketAddress UNKNOWN = new InetSocketAddress(0);

	private final ServerRun run;

	Acceptor(ServerRun run) {
		this.run = run;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		SocketChannel channel = (SocketChannel) message;
		RejectReason refusal = this.run.connectionAccepted();
		if (refusal != null) {
			refuse(channel, refusal);
			return;
		}
		SessionChannel session = new SessionChannel(this.run, channel);
		channel.pipeline().addLast(session);
		channel.closeFuture().addListener(session);
		context.fireChannelRead(channel);
	}

	/** With a reset, so that no state is left in the kernel. */
	private void refuse(SocketChannel channel, RejectReason refusal) {
		InetSocketAddress peer = channel.remoteAddress();
		// Counted first: who sees the reset, and looks, finds it counted.
		this.run.rejected((peer != null) ? peer : UNKNOWN, refusal);
		SessionChannel.resetOnClose(channel);
		// The channel has no event loop yet, so that its close() would wait for one.
		channel.unsafe().closeForcibly();
	}

	/** The end of that pipeline: consumes what the acceptor has dealt with. */
	static final class Terminal extends ChannelInboundHandlerAdapter {

		private static final Logger logger = LoggerFactory.getLogger(Acceptor.class);

		private final String server;

		Terminal(String server) {
			this.server = server;
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			try {
				logger.warn("Server '{}' could not accept a connection, and tries again in a second: {}", this.server,
						cause.toString());
			}
			catch (Throwable ex) {
				// With no descriptor left even logging may fail: not the loop's end.
			}
		}

	}

	/** Does nothing: {@link Acceptor} has set the channel up already. */
	@ChannelHandler.Sharable
	static final class NoSetup extends ChannelInboundHandlerAdapter {

		static final NoSetup INSTANCE = new NoSetup();

		@Override
		public void handlerAdded(ChannelHandlerContext context) {
			context.pipeline().remove(this);
		}

	}

}
