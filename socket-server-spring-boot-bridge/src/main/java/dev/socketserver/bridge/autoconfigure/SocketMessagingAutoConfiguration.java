package dev.socketserver.bridge.autoconfigure;

import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.condition.ConditionalOnSwitch;
import dev.socketserver.bridge.SocketMessageHandler;
import dev.socketserver.cluster.SocketCluster;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.MessageHandler;

/**
 * {@linkplain org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} for Spring messages that are sent to sessions, where Spring
 * Messaging is on the class path.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class)
@ConditionalOnSwitch(value = "socket.enabled", matchIfMissing = true)
@ConditionalOnClass(MessageHandler.class)
public final class SocketMessagingAutoConfiguration {

	@Bean
	@ConditionalOnBean(SocketServers.class)
	@ConditionalOnMissingBean
	SocketMessageHandler socketMessageHandler(SocketServers servers, ObjectProvider<SocketCluster> cluster) {
		return new SocketMessageHandler(servers, cluster.getIfUnique());
	}

}
