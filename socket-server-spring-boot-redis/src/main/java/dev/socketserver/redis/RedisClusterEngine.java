package dev.socketserver.redis;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.socketserver.cluster.spi.ClusterBus;
import dev.socketserver.cluster.spi.ClusterDirectory;
import dev.socketserver.cluster.spi.ClusterEngine;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.resource.ClientResources;

import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;

/**
 * A cluster's engine on Redis. It reaches the Redis of the application's connection
 * factory by connections of its own, which do not reconnect by themselves: what was under
 * way when one breaks must not be given twice.
 */
public final class RedisClusterEngine implements ClusterEngine, AutoCloseable {

	private static final Duration SHUTDOWN = Duration.ofSeconds(2);

	private final LettuceConnectionFactory factory;

	private final ExecutorService connector;

	private final RedisKeys keys;

	private final RedisLink link;

	private final RedisBus bus;

	/**
	 * Creates an engine, without a connection.
	 * @param like the application's connection factory
	 * @param cluster the name of the cluster
	 * @param timeout how long a connection may take to be made
	 */
	public RedisClusterEngine(LettuceConnectionFactory like, String cluster, Duration timeout) {
		this.factory = new LettuceConnectionFactory(configuration(like),
				new OwnConfiguration(like.getClientConfiguration(), timeout));
		this.factory.setEagerInitialization(false);
		this.factory.afterPropertiesSet();
		this.factory.start();
		AbstractRedisClient client = this.factory.getRequiredNativeClient();
		ThreadPoolExecutor threads = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				(task) -> {
					Thread thread = new Thread(null, task, "socket-server-redis", 0, false);
					thread.setDaemon(true);
					return thread;
				});
		threads.allowCoreThreadTimeOut(true);
		this.connector = threads;
		this.keys = RedisKeys.of(cluster);
		this.link = new RedisLink(client, this.connector, timeout);
		this.bus = new RedisBus(this.keys, this.link, client, this.connector, timeout);
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

	@Override
	public ClusterDirectory directory() {
		return new RedisDirectory(this.keys, this.link);
	}

	@Override
	public ClusterBus bus() {
		return this.bus;
	}

	@Override
	public void close() {
		this.bus.close();
		this.link.close();
		this.factory.destroy();
		this.connector.shutdown();
	}

	/**
	 * What the application has configured, but for what would repeat commands.
	 *
	 * @param from the application's
	 * @param timeout how long a connection may take to be made
	 */
	private record OwnConfiguration(LettuceClientConfiguration from,
			Duration timeout) implements LettuceClientConfiguration {

		@Override
		public boolean isUseSsl() {
			return this.from.isUseSsl();
		}

		@Override
		@SuppressWarnings("deprecation")
		public boolean isVerifyPeer() {
			return this.from.getVerifyMode() != SslVerifyMode.NONE;
		}

		@Override
		public SslVerifyMode getVerifyMode() {
			return this.from.getVerifyMode();
		}

		@Override
		public boolean isStartTls() {
			return this.from.isStartTls();
		}

		@Override
		public Optional<ClientResources> getClientResources() {
			return this.from.getClientResources();
		}

		@Override
		public Optional<ClientOptions> getClientOptions() {
			ClientOptions options = this.from.getClientOptions().orElseGet(ClientOptions::create);
			ClientOptions.Builder builder = (options instanceof ClusterClientOptions cluster) ? cluster.mutate()
					: options.mutate();
			return Optional.of(builder.autoReconnect(false)
				.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
				.timeoutOptions(TimeoutOptions.create())
				.socketOptions(options.getSocketOptions().mutate().connectTimeout(this.timeout).build())
				.build());
		}

		@Override
		public Optional<String> getClientName() {
			return this.from.getClientName();
		}

		@Override
		public Optional<ReadFrom> getReadFrom() {
			// Only the master knows who owns what.
			return Optional.empty();
		}

		@Override
		public Optional<RedisCredentialsProviderFactory> getRedisCredentialsProviderFactory() {
			return this.from.getRedisCredentialsProviderFactory();
		}

		@Override
		public Duration getCommandTimeout() {
			return this.timeout;
		}

		@Override
		public Duration getShutdownTimeout() {
			return SHUTDOWN;
		}

		@Override
		public Duration getShutdownQuietPeriod() {
			return Duration.ZERO;
		}

	}

}
