package dev.socketserver.autoconfigure.health;

import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.actuate.health.SocketServersHealthContributor;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Orders {@link SocketServersHealthContributor#DEGRADED}, which servers and clients may
 * be and Boot does not know, unless {@code management.endpoint.health.status.order} does.
 */
@Configuration(proxyBeanMethods = false)
class StatusOrderConfiguration {

	private static final List<String> DEFAULT_ORDER = Stream
		.of(Status.DOWN, Status.OUT_OF_SERVICE, SocketServersHealthContributor.DEGRADED, Status.UP, Status.UNKNOWN)
		.map(Status::getCode)
		.toList();

	@Bean
	@ConditionalOnMissingBean
	StatusAggregator healthStatusAggregator(Environment environment) {
		return new StatusOrder(Binder.get(environment)
			.bind("management.endpoint.health.status.order", Bindable.listOf(String.class))
			.orElse(DEFAULT_ORDER));
	}

}
