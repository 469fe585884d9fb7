package dev.socketserver.mailbox.autoconfigure;

import dev.socketserver.mailbox.actuate.SocketMailboxMetrics;
import dev.socketserver.mailbox.delivery.Deliveries;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SocketMailboxMetrics}.
 */
@AutoConfiguration(after = SocketMailboxAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ Deliveries.class, MeterRegistry.class })
public final class SocketMailboxMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SocketMailboxMetrics socketMailboxMetrics(ConfigurableListableBeanFactory beans) {
		return new SocketMailboxMetrics(
				() -> (Deliveries) beans.getSingleton(SocketMailboxAutoConfiguration.DELIVERIES));
	}

}
