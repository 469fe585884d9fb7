package dev.socketserver.autoconfigure;

import java.util.stream.Stream;

import dev.socketserver.MessageObserver;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServers;
import dev.socketserver.netty.NettySocketServers;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * {@linkplain org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} for socket servers. Without servers in the properties, and without
 * any that the application registers, it opens no socket and makes no thread.
 */
@AutoConfiguration(afterName = "org.springframework.boot.netty.autoconfigure.NettyAutoConfiguration")
@ConditionalOnBooleanProperty(name = "socket.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SocketProperties.class)
public final class SocketServerAutoConfiguration {

	@Bean
	static SocketPropertyKeys socketPropertyKeys() {
		return new SocketPropertyKeys();
	}

	@Bean(destroyMethod = "close")
	@ConditionalOnMissingBean(SocketServers.class)
	NettySocketServers socketServers(SocketProperties properties, ConfigurableApplicationContext context,
			ObjectProvider<SocketServerListener> listeners, ObjectProvider<MessageObserver> observer) {
		// Looked up late: such a bean may itself need the servers.
		return new NettySocketServers(
				() -> Stream
					.concat(Stream.of(new ServerPorts(context), new EventPublisher(context)), listeners.orderedStream())
					.toList(),
				properties.ioThreads(), properties.limits().memoryBytes(NettySocketServers.defaultMemoryLimit()),
				observer::getIfAvailable, true);
	}

	@Bean
	@ConditionalOnMissingBean
	SocketServersLifecycle socketServersLifecycle(SocketServers servers, SocketProperties properties,
			ConfigurableApplicationContext context) {
		return new SocketServersLifecycle(servers,
				new ConfiguredServers(properties, context.getBeanFactory(), context.getEnvironment())::servers,
				new StartFailures(context));
	}

	@Bean
	@ConditionalOnMissingBean
	SocketServersDrain socketServersDrain(SocketServers servers, ConfigurableApplicationContext context) {
		return new SocketServersDrain(servers, context);
	}

	@Bean
	KeepAliveHint socketServersKeepAliveHint(SocketServers servers, ConfigurableApplicationContext context) {
		return new KeepAliveHint(servers, context);
	}

}
