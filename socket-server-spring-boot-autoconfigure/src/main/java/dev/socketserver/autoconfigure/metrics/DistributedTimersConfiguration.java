package dev.socketserver.autoconfigure.metrics;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Reads which timers are to have a distribution, where Boot configures the registries.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(MetricsProperties.class)
class DistributedTimersConfiguration {

	@Bean
	@ConditionalOnMissingBean
	DistributedTimers socketDistributedTimers(ObjectProvider<MetricsProperties> properties) {
		return new DistributedTimers(properties.getIfAvailable(MetricsProperties::new).getDistribution());
	}

}
