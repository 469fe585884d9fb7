package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.ban.SocketBansEndpoint;
import dev.socketserver.actuate.ban.SocketBansEndpointWebExtension;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the {@link SocketBansEndpoint}.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(SocketBansEndpoint.class)
@Import(RequestParametersConfiguration.class)
public final class SocketBansEndpointAutoConfiguration {

	@Bean
	@ConditionalOnBean(SocketServers.class)
	@ConditionalOnMissingBean
	SocketBansEndpoint socketBansEndpoint(SocketServers servers) {
		return new SocketBansEndpoint(servers);
	}

	@Bean
	@ConditionalOnBean(SocketBansEndpoint.class)
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	SocketBansEndpointWebExtension socketBansEndpointWebExtension(SocketBansEndpoint endpoint) {
		return new SocketBansEndpointWebExtension(endpoint);
	}

}
