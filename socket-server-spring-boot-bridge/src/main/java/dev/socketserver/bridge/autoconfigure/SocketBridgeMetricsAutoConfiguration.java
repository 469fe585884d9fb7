package dev.socketserver.bridge.autoconfigure;

import dev.socketserver.bridge.actuate.SocketBridgeMetrics;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@linkplain org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} for {@link SocketBridgeMetrics}.
 */
@AutoConfiguration(after = SocketBridgeAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ ConfiguredBridges.class, MeterRegistry.class })
public final class SocketBridgeMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SocketBridgeMetrics socketBridgeMetrics() {
		return new SocketBridgeMetrics();
	}

}
