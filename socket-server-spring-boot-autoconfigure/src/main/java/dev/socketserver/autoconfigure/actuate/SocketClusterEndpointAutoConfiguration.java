package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.SocketClusterEndpoint;
import dev.socketserver.actuate.SocketClusterEndpointWebExtension;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.operation.RebalanceAction;

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
 * {@link SocketClusterEndpoint}.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(SocketClusterEndpoint.class)
public final class SocketClusterEndpointAutoConfiguration {

	@Bean
	@ConditionalOnBean({ ManagedCluster.class, SocketServers.class })
	@ConditionalOnMissingBean
	SocketClusterEndpoint socketClusterEndpoint(ManagedCluster cluster, SocketServers servers) {
		return new SocketClusterEndpoint(cluster, new RebalanceAction(cluster, servers));
	}

	@Bean
	@ConditionalOnBean(SocketClusterEndpoint.class)
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	SocketClusterEndpointWebExtension socketClusterEndpointWebExtension(SocketClusterEndpoint endpoint) {
		return new SocketClusterEndpointWebExtension(endpoint);
	}

}
