package dev.socketserver.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;

import io.lettuce.core.RedisClient;
import org.jspecify.annotations.Nullable;

/**
 * Two nodes on plain Netty that find each other's connections with Lettuce alone.
 */
final class LettuceEcho implements EchoServer {

	private @Nullable Redis redis;

	@Override
	public int start(Service service) throws IOException, InterruptedException {
		this.redis = Redis.start();
		RedisClient client = RedisClient.create("redis://127.0.0.1:" + this.redis.port());
		int port = new LettuceNode(client, "sender", new InetSocketAddress("127.0.0.1", 0)).start(service);
		return new LettuceNode(client, "receiver", new InetSocketAddress(Service.OTHER_NODE, port)).start(service);
	}

}
