package dev.socketserver.autoconfigure.health;

import java.util.List;

import dev.socketserver.actuate.RunningClients;
import dev.socketserver.actuate.health.SocketClientsHealthContributor;
import dev.socketserver.actuate.health.SocketServersHealthContributor;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.fixtures.DeafPort;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
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
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SocketClientsHealthContributorAutoConfiguration}.
 */
class SocketClientsHealthContributorAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketClientsHealthContributorAutoConfiguration.class,
				HealthContributorAutoConfiguration.class, HealthContributorRegistryAutoConfiguration.class));

	private final ApplicationContextRunner withClients = this.runner.withUserConfiguration(RunningClients.Beans.class);

	@Test
	void contributesUnderTheNameSocketClients() {
		this.withClients.run((context) -> {
			try (DeafPort port = new DeafPort()) {
				SocketClient client = RunningClients.started(context.getBean(NettySocketClients.class),
						RunningClients.spec("meter", port.number()).build());
				await().until(() -> client.failure() != null);

				CompositeHealthContributor contributor = (CompositeHealthContributor) context
					.getBean(HealthContributorRegistry.class)
					.getContributor("socketClients");
				assertThat(contributor).isNotNull();
				assertThat(contributor.getContributor("meter")).isInstanceOfSatisfying(HealthIndicator.class,
						(meter) -> assertThat(meter.health().getStatus()).isEqualTo(Status.DOWN));
			}
		});
	}

	@Test
	void isNotifiedWhatHappensToClients() {
		this.withClients.run((context) -> assertThat(context.getBeanProvider(SocketClientListener.class))
			.containsExactly(context.getBean(SocketClientsHealthContributor.class)));
	}

	@Test
	void aClientOfTheConfigurationCanBeInAHealthGroup() {
		ApplicationContextRunner grouped = this.runner
			.withConfiguration(
					AutoConfigurations.of(SocketServerAutoConfiguration.class, HealthEndpointAutoConfiguration.class))
			.withPropertyValues("socket.clients.meter.host=localhost", "socket.clients.meter.port=1",
					"socket.clients.meter.start.auto=false",
					"management.endpoint.health.group.some.include=socketClients/meter");
		grouped.run((context) -> assertThat(context.getBean(HealthEndpoint.class).healthForPath("some"))
			.satisfies((some) -> assertThat(some.getStatus()).isEqualTo(Status.UNKNOWN)));
		grouped.withPropertyValues("socket.clients.meter.enabled=false")
			.run((context) -> assertThat(context).getFailure().hasMessageContaining("socketClients/meter"));
	}

	/** Those of clients may be the only indicators that the application has. */
	@Test
	void bootKnowsThatDegradedIsWorseThanUpWithoutTheIndicatorOfServers() {
		this.withClients
			.withConfiguration(AutoConfigurations.of(SocketServersHealthContributorAutoConfiguration.class,
					HealthEndpointAutoConfiguration.class))
			.withPropertyValues("management.health.defaults.enabled=false",
					"management.health.socketclients.enabled=true")
			.run((context) -> {
				Status degraded = SocketServersHealthContributor.DEGRADED;
				StatusAggregator aggregator = context.getBean(StatusAggregator.class);
				assertThat(aggregator.getAggregateStatus(degraded)).isEqualTo(degraded);
				assertThat(aggregator.getAggregateStatus(Status.UP, degraded)).isEqualTo(degraded);
				assertThat(context).doesNotHaveBean(SocketServersHealthContributor.class);
			});
	}

	@Test
	void canBeDisabled() {
		this.withClients.withPropertyValues("management.health.socketclients.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SocketClientsHealthContributor.class));
	}

	@Test
	void backsOffForTheApplicationsOwn() {
		this.withClients
			.withBean("socketClientsHealthContributor", SocketClientsHealthContributor.class,
					() -> new SocketClientsHealthContributor(
							new NettySocketClients(new NettySocketServers(List.of()), List::of)))
			.run((context) -> assertThat(context).hasSingleBean(SocketClientsHealthContributor.class));
	}

	@Test
	void isAbsentWithoutClients() {
		this.runner
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketClientsHealthContributor.class));
	}

	@Test
	void isAbsentWithoutTheHealthModule() {
		new ApplicationContextRunner().withUserConfiguration(Importing.class, RunningClients.Beans.class)
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(NettySocketClients.class)
				.doesNotHaveBean(SocketClientsHealthContributorAutoConfiguration.class));
	}

	/** Reads the auto-configuration without loading it, as an application does. */
	@ImportAutoConfiguration(SocketClientsHealthContributorAutoConfiguration.class)
	static class Importing {

	}

}
