package dev.socketserver.autoconfigure.health;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.health.SocketServersHealthContributor;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.lifecycle.ConfiguredEntries;
import dev.socketserver.autoconfigure.lifecycle.SocketServersLifecycle;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the
 * {@link SocketServersHealthContributor}.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class,
		before = { HealthContributorAutoConfiguration.class, HealthEndpointAutoConfiguration.class })
@ConditionalOnClass(Health.class)
@ConditionalOnEnabledHealthIndicator("socketservers")
@ConditionalOnBean(SocketServers.class)
@Import(StatusOrderConfiguration.class)
public final class SocketServersHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "socketServersHealthContributor")
	SocketServersHealthContributor socketServersHealthContributor(SocketServers servers,
			ObjectProvider<ConfiguredEntries> configured, ObjectProvider<SocketServersLifecycle> retries) {
		return new SocketServersHealthContributor(servers, (server) -> {
			ConfiguredEntries known = configured.getIfUnique();
			return known != null && known.hasServer(server);
		}, (server) -> {
			SocketServersLifecycle known = retries.getIfUnique();
			return (known != null) ? known.nextAttempt(server) : null;
		});
	}

}
