package dev.socketserver.autoconfigure.metrics;

import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.metrics.SocketMemoryMetrics;
import dev.socketserver.metrics.SocketServerMetrics;
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
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SocketServerMetrics} and
 * {@link SocketMemoryMetrics}. The servers call the former as one of their listeners, and
 * Boot binds both to the registries.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ SocketServers.class, MeterRegistry.class })
@Import(DistributedTimersConfiguration.class)
public final class SocketServerMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SocketServerMetrics socketServerMetrics(ObjectProvider<DistributedTimers> timers) {
		DistributedTimers distributed = timers.getIfAvailable();
		return (distributed != null) ? new SocketServerMetrics(distributed) : new SocketServerMetrics();
	}

	@Bean
	@ConditionalOnMissingBean
	SocketMemoryMetrics socketMemoryMetrics(SocketServers servers) {
		return new SocketMemoryMetrics(servers);
	}

}
