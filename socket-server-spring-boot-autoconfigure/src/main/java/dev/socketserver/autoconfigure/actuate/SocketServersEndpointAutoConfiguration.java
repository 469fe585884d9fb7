package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.SocketServersEndpoint;
import dev.socketserver.actuate.SocketServersEndpointWebExtension;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;

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
import org.springframework.context.annotation.Import;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the
 * {@link SocketServersEndpoint}.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(SocketServersEndpoint.class)
@EnableConfigurationProperties(SocketServersEndpointProperties.class)
@Import(RequestParametersConfiguration.class)
public final class SocketServersEndpointAutoConfiguration {

	@Bean
	@ConditionalOnBean(SocketServers.class)
	@ConditionalOnMissingBean
	SocketServersEndpoint socketServersEndpoint(SocketServers servers,
			ObjectProvider<SanitizingFunction> sanitizingFunctions, SocketServersEndpointProperties properties) {
		return new SocketServersEndpoint(servers, sanitizingFunctions.orderedStream().toList(),
				properties.getShowValues());
	}

	@Bean
	@ConditionalOnBean(SocketServersEndpoint.class)
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	SocketServersEndpointWebExtension socketServersEndpointWebExtension(SocketServersEndpoint endpoint,
			SocketServersEndpointProperties properties) {
		return new SocketServersEndpointWebExtension(endpoint, properties.viewers());
	}

}
