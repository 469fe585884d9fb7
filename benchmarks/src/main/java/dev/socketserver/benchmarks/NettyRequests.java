package dev.socketserver.benchmarks;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;

/**
 * Asks the peer of a connection, as one writes it by hand: a map of futures, a timeout
 * and a flush for each request. What follows from a reply runs on the event loop.
 */
final class NettyRequests extends SimpleChannelInboundHandler<String> {

	private final Map<String, CompletableFuture<String>> pending = new ConcurrentHashMap<>();

	@Override
	protected void channelRead0(ChannelHandlerContext context, String line) {
		String key = Service.key(line);
		if (key == null) {
			String request = Service.request(line);
			ask(context, request, Objects.requireNonNull(Service.key(request)));
			return;
		}
		CompletableFuture<String> asked = this.pending.get(key);
		if (asked != null) {
			asked.complete(line);
		}
	}

	private void ask(ChannelHandlerContext context, String request, String key) {
		CompletableFuture<String> reply = new CompletableFuture<>();
		this.pending.put(key, reply);
		CompletableFuture<?> unused = reply.orTimeout(Service.REPLY_SECONDS, TimeUnit.SECONDS)
			.whenComplete((text, failure) -> {
				this.pending.remove(key);
				if (request.equals(text)) {
					ask(context, request, key);
				}
				else {
					Future<?> unusedClose = context.close();
				}
			});
		context.writeAndFlush(request + "\n").addListener((written) -> {
			if (!written.isSuccess()) {
				reply.completeExceptionally(written.cause());
			}
		});
	}

}
