package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.ClusterSessions;
import dev.socketserver.actuate.SocketSessionsEndpoint;
import dev.socketserver.actuate.SocketSessionsEndpointWebExtension;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.operation.SessionEvaluator;

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
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the
 * {@link SocketSessionsEndpoint}.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(SocketSessionsEndpoint.class)
@EnableConfigurationProperties({ SocketSessionsEndpointProperties.class, SocketTapsEndpointProperties.class })
public final class SocketSessionsEndpointAutoConfiguration {

	@Bean
	@ConditionalOnBean(SocketServers.class)
	@ConditionalOnMissingBean
	SocketSessionsEndpoint socketSessionsEndpoint(SocketServers servers,
			ObjectProvider<SanitizingFunction> sanitizingFunctions, SocketSessionsEndpointProperties properties,
			SocketTapsEndpointProperties taps, ObjectProvider<SessionEvaluator> evaluator) {
		return new SocketSessionsEndpoint(servers, sanitizingFunctions.orderedStream().toList(),
				properties.getShowValues(), taps.getShowValues(), evaluator.getIfAvailable());
	}

	@Bean
	@ConditionalOnBean(SocketSessionsEndpoint.class)
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	SocketSessionsEndpointWebExtension socketSessionsEndpointWebExtension(SocketSessionsEndpoint endpoint,
			SocketSessionsEndpointProperties properties, SocketTapsEndpointProperties taps,
			ObjectProvider<ClusterSessions> cluster) {
		return new SocketSessionsEndpointWebExtension(endpoint, properties.viewers(), taps.viewers(),
				cluster.getIfAvailable());
	}

	/** What is there only if sessions are shown over HTTP. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnAvailableEndpoint(endpoint = SocketSessionsEndpoint.class, exposure = EndpointExposure.WEB)
	@Import(RequestParametersConfiguration.class)
	static class Web {

	}

}
