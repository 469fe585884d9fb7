package dev.socketserver.benchmarks;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;

/**
 * A node as one writes it by hand: a key in Redis says which node has a connection, and
 * each node has a channel. Who sends gets to know that it was written, or that it was not
 * in time. What follows from that runs on an event loop of Lettuce.
 */
final class LettuceNode extends NettyEcho {

	/** Is answered: a node, the number of a request, the name of a connection, a line. */
	private static final String SEND = "send";

	/** The answer: the number of a request. */
	private static final String WRITTEN = "written";

	private final RedisAsyncCommands<String, String> redis;

	private final String name;

	private final boolean other;

	private final Map<String, Channel> connections = new ConcurrentHashMap<>();

	private final Map<String, CompletableFuture<String>> pending = new ConcurrentHashMap<>();

	private final AtomicLong requests = new AtomicLong();

	LettuceNode(RedisClient client, String name, InetSocketAddress address) {
		super(false, address);
		this.name = name;
		this.other = address.getHostString().equals(Service.OTHER_NODE);
		this.redis = client.connect().async();
		StatefulRedisPubSubConnection<String, String> messages = client.connectPubSub();
		messages.addListener(new RedisPubSubAdapter<>() {

			@Override
			public void message(String channel, String message) {
				received(message.split(" ", 5));
			}

		});
		messages.sync().subscribe(name);
	}

	@Override
	protected ChannelHandler[] handlers(Service service) {
		return new ChannelHandler[] { new LineBasedFrameDecoder(MAX_MESSAGE), new StringDecoder(StandardCharsets.UTF_8),
				new StringEncoder(StandardCharsets.UTF_8), new Lines() };
	}

	private void received(String[] message) {
		if (message[0].equals(SEND)) {
			Channel connection = this.connections.get(message[3]);
			if (connection != null) {
				connection.writeAndFlush(message[4] + "\n").addListener((written) -> {
					if (written.isSuccess()) {
						Future<?> unused = this.redis.publish(message[1], WRITTEN + ' ' + message[2]);
					}
				});
			}
			return;
		}
		CompletableFuture<String> asked = this.pending.get(message[1]);
		if (asked != null) {
			asked.complete(WRITTEN);
		}
	}

	private void login(ChannelHandlerContext context, String line) {
		this.connections.put(Service.receiver(line), context.channel());
		CompletionStage<?> unused = this.redis.set(Service.receiver(line), this.name)
			.thenApply((done) -> context.writeAndFlush(line + "\n"));
	}

	private void send(ChannelHandlerContext context, String line) {
		String request = String.valueOf(this.requests.incrementAndGet());
		String receiver = Service.receiver(line);
		CompletableFuture<String> outcome = new CompletableFuture<>();
		this.pending.put(request, outcome);
		CompletableFuture<?> unused = outcome.orTimeout(Service.REPLY_SECONDS, TimeUnit.SECONDS)
			.whenComplete((text, failure) -> {
				this.pending.remove(request);
				if (failure != null) {
					Future<?> unusedClose = context.close();
				}
			});
		CompletionStage<?> unusedSend = this.redis.get(receiver)
			.thenApply((node) -> this.redis.publish(node, String.join(" ", SEND, this.name, request, receiver, line)));
	}

	/** Those that come from connections. */
	private final class Lines extends SimpleChannelInboundHandler<String> {

		@Override
		protected void channelRead0(ChannelHandlerContext context, String line) {
			if (LettuceNode.this.other) {
				login(context, line);
			}
			else {
				send(context, line);
			}
		}

	}

}
