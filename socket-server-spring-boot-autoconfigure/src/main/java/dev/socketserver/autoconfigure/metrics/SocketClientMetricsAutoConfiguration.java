package dev.socketserver.autoconfigure.metrics;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.client.SocketClients;
import dev.socketserver.metrics.SocketClientMetrics;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SocketClientMetrics}. The
 * clients find it as one of their listeners, and Boot binds it to the registries.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ SocketClients.class, MeterRegistry.class })
public final class SocketClientMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SocketClientMetrics socketClientMetrics() {
		return new SocketClientMetrics();
	}

}
