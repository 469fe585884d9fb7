package dev.socketserver.bridge.autoconfigure;

import dev.socketserver.bridge.actuate.SocketBridgesHealthIndicator;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.annotation.Bean;

/**
 * {@linkplain org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} for the {@link SocketBridgesHealthIndicator}.
 */
@AutoConfiguration(after = SocketBridgeAutoConfiguration.class, before = HealthContributorAutoConfiguration.class)
@ConditionalOnClass(Health.class)
@ConditionalOnEnabledHealthIndicator("socketbridges")
@ConditionalOnBean(ConfiguredBridges.class)
public final class SocketBridgesHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "socketBridgesHealthContributor")
	SocketBridgesHealthIndicator socketBridgesHealthContributor(ConfiguredBridges bridges) {
		return new SocketBridgesHealthIndicator(bridges::statistics);
	}

}
