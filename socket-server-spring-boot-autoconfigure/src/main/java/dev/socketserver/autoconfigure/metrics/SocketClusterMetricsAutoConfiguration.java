package dev.socketserver.autoconfigure.metrics;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.cluster.spi.ClusterEngine;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.metrics.SocketClusterMetrics;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SocketClusterMetrics}.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ ClusterEngine.class, MeterRegistry.class })
public final class SocketClusterMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SocketClusterMetrics socketClusterMetrics(ObjectProvider<ManagedCluster> cluster) {
		return new SocketClusterMetrics(cluster);
	}

}
