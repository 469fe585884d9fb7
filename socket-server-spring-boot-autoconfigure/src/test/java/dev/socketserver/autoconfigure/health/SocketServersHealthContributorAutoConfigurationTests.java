package dev.socketserver.autoconfigure.health;

import java.util.List;

import dev.socketserver.actuate.RunningServers;
import dev.socketserver.actuate.health.SocketServersHealthContributor;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.netty.NettySocketServers;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketServersHealthContributorAutoConfiguration}.
 */
class SocketServersHealthContributorAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServersHealthContributorAutoConfiguration.class,
				HealthContributorAutoConfiguration.class, HealthContributorRegistryAutoConfiguration.class));

	private final ApplicationContextRunner withServers = this.runner.withBean(NettySocketServers.class,
			() -> new NettySocketServers(List.of()));

	@Test
	void contributesUnderTheNameSocketServers() {
		this.withServers.run((context) -> {
			RunningServers.started(context.getBean(NettySocketServers.class),
					RunningServers.upperSpec("upper").build());

			CompositeHealthContributor contributor = (CompositeHealthContributor) context
				.getBean(HealthContributorRegistry.class)
				.getContributor("socketServers");
			assertThat(contributor).isNotNull();
			assertThat(contributor.getContributor("upper")).isInstanceOfSatisfying(HealthIndicator.class,
					(upper) -> assertThat(upper.health().getStatus()).isEqualTo(Status.UP));
		});
	}

	@Test
	void aServerOfTheConfigurationCanBeInAHealthGroup() {
		ApplicationContextRunner grouped = this.runner
			.withConfiguration(
					AutoConfigurations.of(SocketServerAutoConfiguration.class, HealthEndpointAutoConfiguration.class))
			.withPropertyValues("socket.servers.upper.port=0", "socket.servers.upper.handler=echo",
					"management.endpoint.health.group.some.include=socketServers/upper");
		grouped.run((context) -> assertThat(context.getBean(HealthEndpoint.class).healthForPath("some"))
			.satisfies((some) -> assertThat(some.getStatus()).isEqualTo(Status.UP)));
		grouped.withPropertyValues("socket.servers.upper.enabled=false")
			.run((context) -> assertThat(context).getFailure().hasMessageContaining("socketServers/upper"));
	}

	@Test
	void bootKnowsThatDegradedIsWorseThanUp() {
		ApplicationContextRunner aggregating = this.withServers
			.withConfiguration(AutoConfigurations.of(HealthEndpointAutoConfiguration.class));
		Status degraded = SocketServersHealthContributor.DEGRADED;
		aggregating.run((context) -> {
			StatusAggregator aggregator = context.getBean(StatusAggregator.class);
			assertThat(aggregator.getAggregateStatus(Status.UP, degraded)).isEqualTo(degraded);
			assertThat(aggregator.getAggregateStatus(Status.OUT_OF_SERVICE, degraded)).isEqualTo(Status.OUT_OF_SERVICE);
		});
		aggregating.withPropertyValues("management.endpoint.health.status.order=up,degraded")
			.run((context) -> assertThat(
					context.getBean(StatusAggregator.class).getAggregateStatus(degraded, Status.UP))
				.isEqualTo(Status.UP));
		StatusAggregator own = StatusAggregator.of(Status.DOWN);
		aggregating.withBean(StatusAggregator.class, () -> own)
			.run((context) -> assertThat(context.getBean(StatusAggregator.class)).isSameAs(own));
	}

	@Test
	void canBeDisabled() {
		this.withServers.withPropertyValues("management.health.socketservers.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SocketServersHealthContributor.class));
	}

	@Test
	void backsOffForTheApplicationsOwn() {
		this.withServers
			.withBean("socketServersHealthContributor", SocketServersHealthContributor.class,
					() -> new SocketServersHealthContributor(new NettySocketServers(List.of())))
			.run((context) -> assertThat(context).hasSingleBean(SocketServersHealthContributor.class));
	}

	@Test
	void isAbsentWithoutServers() {
		this.runner
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketServersHealthContributor.class));
	}

	@Test
	void isAbsentWithoutTheHealthModule() {
		new ApplicationContextRunner().withUserConfiguration(Importing.class)
			.withBean(NettySocketServers.class, () -> new NettySocketServers(List.of()))
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(NettySocketServers.class)
				.doesNotHaveBean(SocketServersHealthContributorAutoConfiguration.class));
	}

	/** Reads the auto-configuration without loading it, as an application does. */
	@ImportAutoConfiguration(SocketServersHealthContributorAutoConfiguration.class)
	static class Importing {

	}

}
