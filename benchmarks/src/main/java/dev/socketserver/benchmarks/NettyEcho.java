package dev.socketserver.benchmarks;

import java.net.InetSocketAddress;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;

/**
 * A server on plain Netty: a pipeline of handlers, which run on the event loop.
 */
abstract class NettyEcho implements EchoServer {

	@Override
	public final int start() throws InterruptedException {
		Channel listener = new ServerBootstrap().group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
			.channel(EpollServerSocketChannel.class)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					channel.pipeline().addLast(handlers());
				}

			})
			.bind("127.0.0.1", 0)
			.sync()
			.channel();
		return ((InetSocketAddress) listener.localAddress()).getPort();
	}

	/**
	 * Returns what a connection consists of.
	 * @return the handlers, in the order of the pipeline
	 */
	protected abstract ChannelHandler[] handlers();

}
