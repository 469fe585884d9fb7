package dev.socketserver.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;

/**
 * A server on plain Netty: a pipeline of handlers, which run on the event loop.
 */
abstract class NettyEcho implements EchoServer {

	private final boolean uring;

	private final InetSocketAddress address;

	private final EventLoopGroup loops;

	/** The connections to which messages are broadcast. */
	private final ChannelGroup members = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

	/**
	 * Creates a server.
	 * @param uring whether it uses io_uring; else epoll
	 */
	NettyEcho(boolean uring) {
		this(uring, new InetSocketAddress("127.0.0.1", 0));
	}

	/**
	 * Creates a server.
	 * @param uring whether it uses io_uring; else epoll
	 * @param address where it listens
	 */
	NettyEcho(boolean uring, InetSocketAddress address) {
		this.uring = uring;
		this.address = address;
		this.loops = new MultiThreadIoEventLoopGroup(LOOPS,
				uring ? IoUringIoHandler.newFactory() : EpollIoHandler.newFactory());
	}

	@Override
	public final int start(Service service) throws IOException, InterruptedException {
		SslContext tls = (service == Service.TLS) ? SslContextBuilder.forServer(SelfSigned.keys())
			.sslProvider(SslProvider.JDK)
			.protocols(SelfSigned.PROTOCOL)
			.build() : null;
		Channel listener = new ServerBootstrap().group(this.loops)
			.channel(this.uring ? IoUringServerSocketChannel.class : EpollServerSocketChannel.class)
			.option(ChannelOption.SO_BACKLOG, MAX_CONNECTIONS)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					if (tls != null) {
						channel.pipeline().addLast(tls.newHandler(channel.alloc()));
					}
					if (service == Service.BROADCAST) {
						NettyEcho.this.members.add(channel);
					}
					channel.pipeline().addLast(handlers(service));
				}

			})
			.bind(this.address)
			.sync()
			.channel();
		return ((InetSocketAddress) listener.localAddress()).getPort();
	}

	/**
	 * Sends the replies of a service to one connection, or to all if the service is a
	 * broadcast.
	 * @param service the service
	 * @param context the connection that the messages came from
	 * @param replies what to send
	 */
	protected final void send(Service service, ChannelHandlerContext context, Object replies) {
		Future<?> unused = (service == Service.BROADCAST) ? this.members.writeAndFlush(replies)
				: context.writeAndFlush(replies);
	}

	/**
	 * Returns the handlers for a new connection.
	 * @param service what to do for messages
	 * @return the handlers, in the order of the pipeline
	 */
	protected abstract ChannelHandler[] handlers(Service service);

}
