package dev.socketserver.redis.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.cluster.ClusterSetUp;
import dev.socketserver.autoconfigure.condition.ConditionalOnSwitch;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.properties.SocketProperties.Cluster;
import dev.socketserver.cluster.spi.ClusterEngine;
import dev.socketserver.redis.RedisClusterEngine;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConnectionFactory;
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

	private static final String ENABLED = "socket.cluster.enabled";

	@Bean(destroyMethod = "close")
	@ConditionalOnSwitch(value = ENABLED, matchIfMissing = true)
	@ConditionalOnBean(RedisConnectionFactory.class)
	@ConditionalOnMissingBean(ClusterEngine.class)
	RedisClusterEngine socketClusterEngine(ObjectProvider<RedisConnectionFactory> factories,
			ObjectProvider<DataRedisConnectionDetails> connections, SocketProperties properties,
			Environment environment) {
		connections.ifUnique(SocketRedisAutoConfiguration::checkMaster);
		Cluster settings = ClusterSetUp.of(properties).properties();
		return new RedisClusterEngine(lettuce(factories, environment), settings.name(), settings.requestTimeout());
	}

	/**
	 * Fails where the master is found out for each connection, which none of ours does.
	 * The connection factory does not say so: it looks like one to a Redis of this
	 * machine, and nodes of different machines would not meet.
	 */
	private static void checkMaster(DataRedisConnectionDetails connection) {
		DataRedisConnectionDetails.MasterReplica servers;
		try {
			servers = connection.getMasterReplica();
		}
		catch (NoSuchMethodError ex) {
			// Spring Boot 4.0.
			return;
		}
		if (servers != null) {
			String value = servers.getNodes()
				.stream()
				.map((node) -> node.host() + ":" + node.port())
				.collect(Collectors.joining(","));
			throw new InvalidSocketPropertyException("spring.data.redis.masterreplica.nodes", value,
					"the nodes of a cluster must know which one is the master",
					"Use spring.data.redis.sentinel or spring.data.redis.host, or set " + ENABLED
							+ " to false for an application that is alone");
		}
	}

	/**
	 * Returns the connection factory that is to be used, or else the only one of Lettuce.
	 * What a bean is declared as does not say what it is. Without one, the application
	 * would be alone, and two nodes would give one identity to different sessions.
	 */
	private static LettuceConnectionFactory lettuce(ObjectProvider<RedisConnectionFactory> factories,
			Environment environment) {
		if (factories.getIfUnique() instanceof LettuceConnectionFactory lettuce) {
			return lettuce;
		}
		List<RedisConnectionFactory> all = factories.stream().toList();
		List<LettuceConnectionFactory> possible = all.stream()
			.filter(LettuceConnectionFactory.class::isInstance)
			.map(LettuceConnectionFactory.class::cast)
			.toList();
		if (possible.size() == 1) {
			return possible.get(0);
		}
		String value = environment.getProperty(ENABLED);
		if (possible.isEmpty()) {
			String types = all.stream()
				.map((factory) -> factory.getClass().getName())
				.collect(Collectors.joining(" and "));
			throw new InvalidSocketPropertyException(ENABLED, value,
					"nodes reach Redis by a LettuceConnectionFactory, and the application has " + types,
					"Give it a LettuceConnectionFactory, or set " + ENABLED
							+ " to false for an application that is alone");
		}
		throw new InvalidSocketPropertyException(ENABLED, value,
				"the application has several LettuceConnectionFactory beans, and none is primary",
				"Mark one as @Primary, or set " + ENABLED + " to false for an application that is alone");
	}

}
