package dev.socketserver.autoconfigure.metrics;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.client.SocketClients;
import dev.socketserver.metrics.SocketClientMetrics;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SocketClientMetrics},
 * which the clients call as one of their listeners, and which Boot binds to the
 * registries.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ SocketClients.class, MeterRegistry.class })
@Import(DistributedTimersConfiguration.class)
public final class SocketClientMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SocketClientMetrics socketClientMetrics(ObjectProvider<DistributedTimers> timers) {
		DistributedTimers distributed = timers.getIfAvailable();
		return (distributed != null) ? new SocketClientMetrics(distributed) : new SocketClientMetrics();
	}

}
