package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.actuate.SocketClientsEndpoint;
import dev.socketserver.actuate.SocketClientsEndpointWebExtension;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.client.SocketClients;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the
 * {@link SocketClientsEndpoint}.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(SocketClientsEndpoint.class)
@EnableConfigurationProperties(SocketClientsEndpointProperties.class)
public final class SocketClientsEndpointAutoConfiguration {

	@Bean
	@ConditionalOnBean(SocketClients.class)
	@ConditionalOnMissingBean
	SocketClientsEndpoint socketClientsEndpoint(SocketClients clients,
			ObjectProvider<SanitizingFunction> sanitizingFunctions, SocketClientsEndpointProperties properties) {
		return new SocketClientsEndpoint(clients, sanitizingFunctions.orderedStream().toList(),
				properties.getShowValues());
	}

	@Bean
	@ConditionalOnBean(SocketClientsEndpoint.class)
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	SocketClientsEndpointWebExtension socketClientsEndpointWebExtension(SocketClientsEndpoint endpoint,
			SocketClientsEndpointProperties properties) {
		return new SocketClientsEndpointWebExtension(endpoint, properties.viewers());
	}

}
