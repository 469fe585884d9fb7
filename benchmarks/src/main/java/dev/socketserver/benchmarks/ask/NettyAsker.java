package dev.socketserver.benchmarks.ask;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;

/** A handler of Netty with a map of futures, as one writes it by hand. */
final class NettyAsker implements Asker {

	private static final int MAX_LINE = 64 * 1024;

	private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

	private final List<Devices> peers = new CopyOnWriteArrayList<>();

	private final ForkJoinPool callbacks = new ForkJoinPool(4);

	private final boolean offLoop;

	private final Channel listener;

	/**
	 * Creates a server that listens.
	 * @param offLoop whether callbacks run off the event loop, where they may block
	 */
	NettyAsker(boolean offLoop) throws InterruptedException {
		this.offLoop = offLoop;
		this.listener = new ServerBootstrap().group(this.loops)
			.channel(EpollServerSocketChannel.class)
			.childHandler(new ChannelInitializer<Channel>() {

				@Override
				protected void initChannel(Channel channel) {
					Devices peer = new Devices(channel);
					channel.pipeline()
						.addLast(new LineBasedFrameDecoder(MAX_LINE), new StringDecoder(StandardCharsets.UTF_8),
								new StringEncoder(StandardCharsets.UTF_8), peer);
					NettyAsker.this.peers.add(peer);
				}

			})
			.bind("127.0.0.1", 0)
			.sync()
			.channel();
	}

	@Override
	public int port() {
		return ((InetSocketAddress) this.listener.localAddress()).getPort();
	}

	@Override
	public int peers() {
		return this.peers.size();
	}

	@Override
	public CompletableFuture<?> ask(int peer, String request) {
		return this.peers.get(peer).ask(request);
	}

	@Override
	public void then(CompletableFuture<?> reply, BiConsumer<Object, Throwable> then) {
		CompletableFuture<?> unused = this.offLoop ? reply.whenCompleteAsync(then, this.callbacks)
				: reply.whenComplete(then);
	}

	@Override
	public void close() {
		Future<?> unused = this.loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
		this.callbacks.shutdown();
	}

	/** The requests to one peer. */
	private static final class Devices extends SimpleChannelInboundHandler<String> {

		private final Map<String, CompletableFuture<String>> pending = new ConcurrentHashMap<>();

		private final Channel channel;

		Devices(Channel channel) {
			this.channel = channel;
		}

		CompletableFuture<String> ask(String request) {
			String key = SocketServerAsker.key(request);
			CompletableFuture<String> reply = new CompletableFuture<>();
			this.pending.put(key, reply);
			CompletableFuture<String> outcome = reply.orTimeout(10, TimeUnit.SECONDS)
				.whenComplete((text, failure) -> this.pending.remove(key));
			this.channel.writeAndFlush(request + "\n").addListener((written) -> {
				if (!written.isSuccess()) {
					reply.completeExceptionally(written.cause());
				}
			});
			return outcome;
		}

		@Override
		protected void channelRead0(ChannelHandlerContext context, String line) {
			CompletableFuture<String> reply = this.pending.get(SocketServerAsker.key(line));
			if (reply != null) {
				reply.complete(line);
			}
		}

	}

}
