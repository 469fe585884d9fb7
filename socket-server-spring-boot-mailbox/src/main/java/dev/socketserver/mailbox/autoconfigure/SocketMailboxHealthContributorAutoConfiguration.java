package dev.socketserver.mailbox.autoconfigure;

import dev.socketserver.mailbox.actuate.SocketMailboxHealthIndicator;
import dev.socketserver.mailbox.delivery.StoreAccess;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
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
 * {@link SocketMailboxHealthIndicator}.
 */
@AutoConfiguration(after = SocketMailboxAutoConfiguration.class, before = HealthContributorAutoConfiguration.class)
@ConditionalOnClass(Health.class)
@ConditionalOnEnabledHealthIndicator("socketmailbox")
@ConditionalOnBean(StoreAccess.class)
public final class SocketMailboxHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "socketMailboxHealthContributor")
	SocketMailboxHealthIndicator socketMailboxHealthContributor(ConfigurableListableBeanFactory beans) {
		return new SocketMailboxHealthIndicator(
				() -> (StoreAccess) beans.getSingleton(SocketMailboxAutoConfiguration.STORE_ACCESS));
	}

}
