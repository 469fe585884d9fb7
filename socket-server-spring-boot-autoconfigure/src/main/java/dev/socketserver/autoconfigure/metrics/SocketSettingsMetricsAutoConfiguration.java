package dev.socketserver.autoconfigure.metrics;

import dev.socketserver.autoconfigure.settings.SocketSettingsAutoConfiguration;
import dev.socketserver.metrics.SocketSettingsMetrics;
import dev.socketserver.settings.SocketSettings;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SocketSettingsMetrics}.
 */
@AutoConfiguration(after = SocketSettingsAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ SocketSettings.class, MeterRegistry.class })
public final class SocketSettingsMetricsAutoConfiguration {

	/** A look at the meters makes the settings, but not while the application starts. */
	@Bean
	@ConditionalOnMissingBean
	SocketSettingsMetrics socketSettingsMetrics(ConfigurableApplicationContext context) {
		return new SocketSettingsMetrics(
				() -> context.isRunning() ? context.getBean(SocketSettings.class).pending() : 0);
	}

}
