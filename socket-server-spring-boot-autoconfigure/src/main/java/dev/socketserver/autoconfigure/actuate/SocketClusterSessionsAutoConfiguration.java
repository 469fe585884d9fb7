package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.actuate.ClusterSessions;
import dev.socketserver.actuate.SocketSessionsEndpoint;
import dev.socketserver.actuate.SocketSessionsEndpointJmxExtension;
import dev.socketserver.cluster.spi.ManagedCluster;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the sessions of all nodes, which
 * nodes show each other as JSON.
 */
@AutoConfiguration(after = SocketSessionsEndpointAutoConfiguration.class)
@ConditionalOnClass({ ConditionalOnAvailableEndpoint.class, JsonMapper.class })
@ConditionalOnBean({ SocketSessionsEndpoint.class, ManagedCluster.class })
public final class SocketClusterSessionsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ClusterSessions socketClusterSessions(ManagedCluster cluster, SocketSessionsEndpoint endpoint) {
		return new ClusterSessions(cluster, endpoint);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(endpoint = SocketSessionsEndpoint.class, exposure = EndpointExposure.JMX)
	SocketSessionsEndpointJmxExtension socketSessionsEndpointJmxExtension(SocketSessionsEndpoint endpoint,
			ClusterSessions cluster) {
		return new SocketSessionsEndpointJmxExtension(endpoint, cluster);
	}

}
