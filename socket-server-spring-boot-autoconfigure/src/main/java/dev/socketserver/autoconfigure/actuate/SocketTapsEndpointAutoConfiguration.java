package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.tap.SocketTapsEndpoint;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.condition.ConditionalOnSwitch;
import dev.socketserver.client.SocketClients;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.operator.SocketTaps;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.util.ClassUtils;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the {@link SocketTapsEndpoint}.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class)
@ConditionalOnSwitch("socket.tap.enabled")
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(endpoint = SocketTapsEndpoint.class, exposure = EndpointExposure.WEB)
@EnableConfigurationProperties(SocketTapsEndpointProperties.class)
@Import(RequestParametersConfiguration.class)
public final class SocketTapsEndpointAutoConfiguration {

	@Bean
	@ConditionalOnBean({ SocketTaps.class, SocketServers.class })
	@ConditionalOnMissingBean
	SocketTapsEndpoint socketTapsEndpoint(SocketTaps taps, SocketServers servers, ObjectProvider<SocketClients> clients,
			SocketTapsEndpointProperties properties, ObjectProvider<ManagedCluster> cluster) {
		ManagedCluster known = ClassUtils.isPresent("tools.jackson.databind.json.JsonMapper", null)
				? cluster.getIfAvailable() : null;
		return new SocketTapsEndpoint(taps, servers, clients.getIfAvailable(), properties.viewers(), known);
	}

}
