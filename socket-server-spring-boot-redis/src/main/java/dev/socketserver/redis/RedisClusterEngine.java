package dev.socketserver.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.socketserver.cluster.directory.ClusterBus;
import dev.socketserver.cluster.directory.ClusterDirectory;
import dev.socketserver.cluster.node.DirectoryEngine;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.lettuce.core.tracing.Tracing;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.ChannelGroupFuture;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.util.concurrent.ImmediateEventExecutor;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration.LettuceClientConfigurationBuilder;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration.LettuceSslClientConfigurationBuilder;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.util.StringUtils;

/**
 * A cluster's engine on Redis. It reaches the Redis of the application's connection
 * factory by connections of its own, which do not reconnect by themselves: what was under
 * way when one breaks must not be given twice.
 */
public final class RedisClusterEngine implements DirectoryEngine, AutoCloseable {

	/** How long an end waits for connections that are being made, or open. */
	static final Duration SHUTDOWN = Duration.ofSeconds(2);

	private static final int MOST_FLUSHES = 256;

	private final LettuceConnectionFactory factory;

	private final List<ExecutorService> connectors = new ArrayList<>();

	/**
	 * Those of all connections, also of those that are being made: the client does not
	 * know these yet, and event loops that end would leave them open. What is added after
	 * it was closed is closed, too.
	 */
	private final ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);

	private final @Nullable ClientResources resources;

	private final RedisKeys keys;

	private final RedisLink control;

	private final RedisLink traffic;

	private final RedisBus bus;

	/**
	 * Creates an engine, without a connection.
	 * @param like the application's connection factory
	 * @param cluster the name of the cluster
	 * @param timeout how long a connection may take to be made
	 */
	public RedisClusterEngine(LettuceConnectionFactory like, String cluster, Duration timeout) {
		LettuceClientConfiguration from = like.getClientConfiguration();
		ClientResources shared = from.getClientResources().orElse(null);
		ClientResources used = (shared != null) ? consolidating(shared.mutate(), shared.nettyCustomizer())
				: consolidating(ClientResources.builder(), null);
		// What is shared is the application's to shut down.
		this.resources = (shared == null) ? used : null;
		this.factory = new LettuceConnectionFactory(configuration(like), own(from, timeout, used));
		this.factory.setEagerInitialization(false);
		this.factory.afterPropertiesSet();
		this.factory.start();
		AbstractRedisClient client = this.factory.getRequiredNativeClient();
		this.keys = RedisKeys.of(cluster);
		this.control = new RedisLink(client, connector(), timeout, List.of(RedisScript.values()));
		this.traffic = new RedisLink(client, connector(), timeout, List.of());
		this.bus = new RedisBus(this.keys, this.traffic, this.control, client, connector(), timeout);
	}

	/**
	 * A thread for making connections one after the other, while there are some to make.
	 */
	private ExecutorService connector() {
		ThreadPoolExecutor threads = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				(task) -> {
					Thread thread = new Thread(null, task, "socket-server-redis", 0, false);
					thread.setDaemon(true);
					return thread;
				});
		threads.allowCoreThreadTimeOut(true);
		this.connectors.add(threads);
		return threads;
	}

	private static RedisConfiguration configuration(LettuceConnectionFactory like) {
		if (like.isClusterAware()) {
			return Objects.requireNonNull(like.getClusterConfiguration());
		}
		if (like.isRedisSentinelAware()) {
			return Objects.requireNonNull(like.getSentinelConfiguration());
		}
		RedisConfiguration socket = like.getSocketConfiguration();
		return (socket != null) ? socket : like.getStandaloneConfiguration();
	}

	/**
	 * Returns what the application has configured, but for what would repeat commands.
	 * Only the master knows who owns what, so that nothing is read from replicas.
	 * @param from the application's
	 * @param timeout how long a connection may take to be made
	 * @param resources threads and the like
	 */
	private static LettuceClientConfiguration own(LettuceClientConfiguration from, Duration timeout,
			ClientResources resources) {
		ClientOptions options = from.getClientOptions().orElseGet(ClientOptions::create);
		ClientOptions.Builder changed = (options instanceof ClusterClientOptions cluster) ? cluster.mutate()
				: options.mutate();
		LettuceClientConfigurationBuilder own = LettuceClientConfiguration.builder()
			.clientResources(resources)
			.clientOptions(changed.autoReconnect(false)
				.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
				.timeoutOptions(TimeoutOptions.create())
				.socketOptions(options.getSocketOptions().mutate().connectTimeout(timeout).build())
				.build())
			.commandTimeout(timeout)
			.shutdownTimeout(SHUTDOWN)
			.shutdownQuietPeriod(Duration.ZERO);
		from.getClientName().filter(StringUtils::hasText).ifPresent(own::clientName);
		from.getRedisCredentialsProviderFactory().ifPresent(own::redisCredentialsProviderFactory);
		if (from.isUseSsl()) {
			LettuceSslClientConfigurationBuilder ssl = own.useSsl().verifyPeer(from.getVerifyMode());
			return from.isStartTls() ? ssl.startTls().build() : ssl.build();
		}
		return own.build();
	}

	/**
	 * Has commands that arrive together leave together, with one call of the system. Nor
	 * is each observed: that costs a quarter as much as the command, and what users want
	 * to know of is the request that it is a part of.
	 */
	private ClientResources consolidating(ClientResources.Builder resources, @Nullable NettyCustomizer customizer) {
		return resources.tracing(Tracing.disabled())
			.commandLatencyRecorder(CommandLatencyRecorder.disabled())
			.nettyCustomizer(new NettyCustomizer() {

				@Override
				public void afterBootstrapInitialized(Bootstrap bootstrap) {
					if (customizer != null) {
						customizer.afterBootstrapInitialized(bootstrap);
					}
				}

				@Override
				public void afterChannelInitialized(Channel channel) {
					RedisClusterEngine.this.channels.add(channel);
					channel.pipeline().addFirst(new FlushConsolidationHandler(MOST_FLUSHES, true));
					if (customizer != null) {
						customizer.afterChannelInitialized(channel);
					}
				}

			})
			.build();
	}

	@Override
	public ClusterDirectory directory() {
		return new RedisDirectory(this.keys, this.control, this.traffic);
	}

	@Override
	public ClusterBus bus() {
		return this.bus;
	}

	@Override
	public void close() {
		this.bus.close();
		this.control.close();
		this.traffic.close();
		this.connectors.forEach(ExecutorService::shutdown);
		awaitClosed();
		this.factory.destroy();
		if (this.resources != null) {
			Future<?> unused = this.resources.shutdown(0, SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * Closes what is open or being made, and waits until that is done, so that event
	 * loops have nothing left to do when they end.
	 */
	private void awaitClosed() {
		long deadline = System.nanoTime() + SHUTDOWN.toNanos();
		ChannelGroupFuture closed = this.channels.close();
		try {
			for (ExecutorService connector : this.connectors) {
				boolean unused = connector.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
			}
			boolean unused = closed.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
