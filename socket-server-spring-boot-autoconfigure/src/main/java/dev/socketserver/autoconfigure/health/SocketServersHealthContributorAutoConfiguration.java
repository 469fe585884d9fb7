package dev.socketserver.autoconfigure.health;

import java.util.List;
import java.util.stream.Stream;

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
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the
 * {@link SocketServersHealthContributor}.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class,
		before = { HealthContributorAutoConfiguration.class, HealthEndpointAutoConfiguration.class })
@ConditionalOnClass(Health.class)
@ConditionalOnEnabledHealthIndicator("socketservers")
@ConditionalOnBean(SocketServers.class)
public final class SocketServersHealthContributorAutoConfiguration {

	private static final List<String> DEFAULT_ORDER = Stream
		.of(Status.DOWN, Status.OUT_OF_SERVICE, SocketServersHealthContributor.DEGRADED, Status.UP, Status.UNKNOWN)
		.map(Status::getCode)
		.toList();

	/**
	 * Orders {@link SocketServersHealthContributor#DEGRADED}, which Boot does not know,
	 * unless {@code management.endpoint.health.status.order} does.
	 */
	@Bean
	@ConditionalOnMissingBean
	StatusAggregator healthStatusAggregator(Environment environment) {
		return new StatusOrder(Binder.get(environment)
			.bind("management.endpoint.health.status.order", Bindable.listOf(String.class))
			.orElse(DEFAULT_ORDER));
	}

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
