package dev.socketserver.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import dev.socketserver.cluster.directory.ClusterBus;
import dev.socketserver.cluster.directory.NodeId;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;

/**
 * The bus in Redis: a channel for each life of a node. Messages are published on the
 * connection for traffic, urgent ones on that of the directory, and received on one of
 * their own, which is made anew rather than repaired. In a Redis Cluster the channels are
 * sharded, since the classic ones are counted by one of its nodes only.
 */
final class RedisBus implements ClusterBus {

	private final RedisKeys keys;

	private final RedisLink traffic;

	private final RedisLink control;

	private final AbstractRedisClient client;

	private final Executor connector;

	private final Duration timeout;

	/** Guarded by this. */
	private @Nullable StatefulRedisPubSubConnection<String, byte[]> subscription;

	/** Guarded by this. */
	private boolean closed;

	RedisBus(RedisKeys keys, RedisLink traffic, RedisLink control, AbstractRedisClient client, Executor connector,
			Duration timeout) {
		this.timeout = timeout;
		this.keys = keys;
		this.traffic = traffic;
		this.control = control;
		this.client = client;
		this.connector = connector;
	}

	@Override
	public CompletableFuture<@Nullable Void> listen(NodeId node, Consumer<byte[]> receiver, Runnable lost) {
		synchronized (this) {
			if (this.closed) {
				return CompletableFuture.failedFuture(new IllegalStateException("The connection to Redis is closed"));
			}
			return CompletableFuture.runAsync(() -> subscribe(this.keys.channel(node), receiver, lost), this.connector)
				.thenApply((done) -> null);
		}
	}

	private void subscribe(String channel, Consumer<byte[]> receiver, Runnable lost) {
		replace(null);
		StatefulRedisPubSubConnection<String, byte[]> connection = (this.client instanceof RedisClusterClient cluster)
				? cluster.connectPubSub(RedisLink.CODEC) : ((RedisClient) this.client).connectPubSub(RedisLink.CODEC);
		try {
			connection.addListener(new RedisPubSubAdapter<>() {

				@Override
				public void message(String on, byte[] message) {
					received(on, message);
				}

				@Override
				public void smessage(String on, byte[] message) {
					received(on, message);
				}

				private void received(String on, byte[] message) {
					if (on.equals(channel)) {
						receiver.accept(message);
					}
				}

			});
			connection.addListener(new RedisConnectionStateListener() {

				@Override
				public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
					if (isCurrent(connection)) {
						lost.run();
					}
				}

			});
			replace(connection);
			if (this.control.isCluster()) {
				RedisLink.await(this.timeout, connection.async().ssubscribe(channel));
			}
			else {
				RedisLink.await(this.timeout, connection.async().subscribe(channel));
			}
		}
		catch (Throwable ex) {
			RedisLink.end(connection);
			throw ex;
		}
	}

	private synchronized boolean isCurrent(StatefulRedisPubSubConnection<String, byte[]> connection) {
		return this.subscription == connection && !this.closed;
	}

	private void replace(@Nullable StatefulRedisPubSubConnection<String, byte[]> next) {
		StatefulRedisPubSubConnection<String, byte[]> before;
		synchronized (this) {
			before = this.subscription;
			this.subscription = next;
			if (this.closed && next != null) {
				before = next;
			}
		}
		if (before != null) {
			RedisLink.end(before);
		}
	}

	@Override
	public CompletableFuture<Boolean> publish(NodeId node, byte[] message, boolean urgent) {
		String channel = this.keys.channel(node);
		RedisLink link = urgent ? this.control : this.traffic;
		return link.message((opened) -> (link.isCluster() ? opened.commands().spublish(channel, message)
				: opened.commands().publish(channel, message))
			.thenApply((receivers) -> receivers > 0));
	}

	@Override
	public void close() {
		synchronized (this) {
			this.closed = true;
		}
		replace(null);
	}

}
