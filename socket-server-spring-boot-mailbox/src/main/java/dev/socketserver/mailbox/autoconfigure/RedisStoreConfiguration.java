package dev.socketserver.mailbox.autoconfigure;

import java.util.Objects;

import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.properties.SocketProperties.Cluster;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.properties.MailboxStoreProperties;
import dev.socketserver.mailbox.properties.MailboxStoreProperties.Store;
import dev.socketserver.mailbox.redis.RedisDurability;
import dev.socketserver.mailbox.redis.RedisLetterStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;

/**
 * Letters in Redis, where the application has a connection to it.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(RedisTemplate.class)
@ConditionalOnBean(RedisConnectionFactory.class)
class RedisStoreConfiguration {

	private static final SafeLogger logger = SafeLogger.of(RedisStoreConfiguration.class);

	@Bean
	LetterStoreFactory socketMailboxRedisStore(ObjectProvider<RedisConnectionFactory> factories,
			SocketProperties socket) {
		return LetterStoreFactory.of(Store.REDIS, RedisConnectionFactory.class, factories,
				(factory, properties) -> create(factory, socket, properties));
	}

	private static RedisLetterStore create(RedisConnectionFactory factory, SocketProperties socket,
			MailboxStoreProperties properties) {
		String cluster = Objects.requireNonNullElse(socket.getCluster(), Cluster.DEFAULTS).name();
		RedisLetterStore store = new RedisLetterStore(factory, cluster,
				new RedisDurability(factory, properties.requireDurable())::check);
		try {
			store.prepare();
		}
		catch (MailboxUnavailableException ex) {
			logger.warn("The mailbox starts without its Redis: letters are neither taken nor delivered until that can "
					+ "be reached: {}", ex.getMessage());
		}
		return store;
	}

}
