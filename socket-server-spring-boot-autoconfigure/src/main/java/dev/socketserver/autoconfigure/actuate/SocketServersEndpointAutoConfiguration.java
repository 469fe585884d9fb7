package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.SocketServersEndpoint;
import dev.socketserver.actuate.SocketServersEndpointWebExtension;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the
 * {@link SocketServersEndpoint}.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(SocketServersEndpoint.class)
public final class SocketServersEndpointAutoConfiguration {

	@Bean
	@ConditionalOnBean(SocketServers.class)
	@ConditionalOnMissingBean
	SocketServersEndpoint socketServersEndpoint(SocketServers servers) {
		return new SocketServersEndpoint(servers);
	}

	@Bean
	@ConditionalOnBean(SocketServersEndpoint.class)
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	SocketServersEndpointWebExtension socketServersEndpointWebExtension(SocketServersEndpoint endpoint) {
		return new SocketServersEndpointWebExtension(endpoint);
	}

}
