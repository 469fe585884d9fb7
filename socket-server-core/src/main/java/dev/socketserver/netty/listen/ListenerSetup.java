package dev.socketserver.netty.listen;

import java.util.function.Consumer;

import dev.socketserver.netty.workaround.AcceptBatches;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.util.NetUtil;

/**
 * What listening sockets of all kinds of streams have in common.
 */
final class ListenerSetup {

	private ListenerSetup() {
	}

	/**
	 * Returns a bootstrap that lacks its channel factory, and the options of the kind.
	 * @param loops serve the channel, and what it accepts
	 * @param backlog how many connections may wait; 0 for the usual number
	 * @param setup adds the handlers of each listening channel
	 */
	static ServerBootstrap bootstrap(EventLoopGroup loops, int backlog, Consumer<Channel> setup) {
		return new ServerBootstrap().group(loops)
			// 0 means something else to each: 50 connections to the JDK, one to the
			// kernel.
			.option(ChannelOption.SO_BACKLOG, (backlog > 0) ? backlog : NetUtil.SOMAXCONN)
			// Nothing is accepted until all listeners were notified that we listen.
			.option(ChannelOption.AUTO_READ, false)
			.option(ChannelOption.RECVBUF_ALLOCATOR, AcceptBatches.allocator())
			.handler(new ChannelSetup(setup))
			.childHandler(NoSetup.INSTANCE);
	}

	/** Each listener gets handlers of its own. */
	private static final class ChannelSetup extends ChannelInitializer<Channel> {

		private final Consumer<Channel> setup;

		ChannelSetup(Consumer<Channel> setup) {
			this.setup = setup;
		}

		@Override
		protected void initChannel(Channel channel) {
			this.setup.accept(channel);
		}

	}

	/** Does nothing: the acceptor has set the channel up already. */
	@ChannelHandler.Sharable
	private static final class NoSetup extends ChannelInboundHandlerAdapter {

		static final NoSetup INSTANCE = new NoSetup();

		@Override
		public void handlerAdded(ChannelHandlerContext context) {
			context.pipeline().remove(this);
		}

	}

}
