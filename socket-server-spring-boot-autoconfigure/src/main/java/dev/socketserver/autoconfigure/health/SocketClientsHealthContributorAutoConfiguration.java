package dev.socketserver.autoconfigure.health;

import dev.socketserver.actuate.health.SocketClientsHealthContributor;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.lifecycle.ConfiguredEntries;
import dev.socketserver.client.SocketClients;

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
 * {@link SocketClientsHealthContributor}, which the clients also call as one of their
 * listeners.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class,
		before = { HealthContributorAutoConfiguration.class, HealthEndpointAutoConfiguration.class })
@ConditionalOnClass(Health.class)
@ConditionalOnEnabledHealthIndicator("socketclients")
@ConditionalOnBean(SocketClients.class)
@Import(StatusOrderConfiguration.class)
public final class SocketClientsHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "socketClientsHealthContributor")
	SocketClientsHealthContributor socketClientsHealthContributor(SocketClients clients,
			ObjectProvider<ConfiguredEntries> configured) {
		return new SocketClientsHealthContributor(clients, (client) -> {
			ConfiguredEntries known = configured.getIfUnique();
			return known != null && known.hasClient(client);
		});
	}

}
