package dev.socketserver.autoconfigure.health;

import dev.socketserver.actuate.health.SocketClusterHealthIndicator;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.cluster.ClusterSetUp;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.cluster.spi.ClusterEngine;
import dev.socketserver.cluster.spi.ManagedCluster;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the
 * {@link SocketClusterHealthIndicator}.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class, before = HealthContributorAutoConfiguration.class)
@ConditionalOnClass(Health.class)
@ConditionalOnEnabledHealthIndicator("socketcluster")
@ConditionalOnBean({ ManagedCluster.class, ClusterEngine.class })
public final class SocketClusterHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "socketClusterHealthContributor")
	SocketClusterHealthIndicator socketClusterHealthContributor(ManagedCluster cluster, SocketProperties properties) {
		return new SocketClusterHealthIndicator(cluster, ClusterSetUp.of(properties).properties().lease());
	}

}
