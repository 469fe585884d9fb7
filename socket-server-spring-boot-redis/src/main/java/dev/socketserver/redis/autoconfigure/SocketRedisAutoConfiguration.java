package dev.socketserver.redis.autoconfigure;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.cluster.ClusterSetUp;
import dev.socketserver.autoconfigure.condition.ConditionalOnSwitch;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.cluster.spi.ClusterEngine;
import dev.socketserver.redis.RedisClusterEngine;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * {@linkplain org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} for a cluster of socket servers on Redis, which is reached as
 * {@code spring.data.redis} says.
 */
@AutoConfiguration(after = DataRedisAutoConfiguration.class, before = SocketServerAutoConfiguration.class)
@ConditionalOnSwitch(value = "socket.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SocketProperties.class)
public final class SocketRedisAutoConfiguration {

	@Bean(destroyMethod = "close")
	@ConditionalOnSwitch(value = "socket.cluster.enabled", matchIfMissing = true)
	@ConditionalOnBean(LettuceConnectionFactory.class)
	@ConditionalOnMissingBean(ClusterEngine.class)
	RedisClusterEngine socketClusterEngine(LettuceConnectionFactory factory, SocketProperties properties) {
		ClusterSetUp settings = ClusterSetUp.of(properties);
		return new RedisClusterEngine(factory, settings.name(), settings.requestTimeout());
	}

}
