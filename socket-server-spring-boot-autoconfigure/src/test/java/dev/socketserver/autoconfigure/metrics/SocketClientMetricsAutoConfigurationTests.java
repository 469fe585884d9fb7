package dev.socketserver.autoconfigure.metrics;

import dev.socketserver.actuate.RunningClients;
import dev.socketserver.metrics.SocketClientMetrics;
import dev.socketserver.netty.connect.NettySocketClients;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SocketClientMetricsAutoConfiguration}.
 */
class SocketClientMetricsAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(SocketClientMetricsAutoConfiguration.class, MetricsAutoConfiguration.class,
					CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class));

	private final ApplicationContextRunner withClients = this.runner.withUserConfiguration(RunningClients.Beans.class);

	@Test
	void clientsHaveMetersUntilTheyAreRemoved() {
		this.withClients.run((context) -> {
			NettySocketClients clients = context.getBean(NettySocketClients.class);
			clients.register(RunningClients.spec("meter", 1).build());

			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("socket.client.sessions.active").tag("client", "meter").gauge().value()).isZero();
			clients.remove("meter");
			await().untilAsserted(() -> assertThat(registry.find("socket.client.sessions.active").meters()).isEmpty());
		});
	}

	@Test
	void metersGoWithTheApplicationWhereTheRegistryStays() {
		MeterRegistry registry = new SimpleMeterRegistry();
		this.withClients.withBean(MeterRegistry.class, () -> registry).run((context) -> {
			context.getBean(NettySocketClients.class).register(RunningClients.spec("meter", 1).build());
			assertThat(registry.find("socket.client.sessions.active").gauge()).isNotNull();
		});
		assertThat(registry.getMeters()).noneMatch((meter) -> meter.getId().getName().startsWith("socket."));
	}

	@Test
	void isAbsentWithoutARegistry() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SocketClientMetricsAutoConfiguration.class))
			.withUserConfiguration(RunningClients.Beans.class)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketClientMetrics.class));
	}

	@Test
	void isAbsentWithoutClients() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketClientMetrics.class));
	}

	@Test
	void isAbsentWithoutMicrometer() {
		new ApplicationContextRunner().withUserConfiguration(Importing.class, RunningClients.Beans.class)
			.withClassLoader(new FilteredClassLoader("io.micrometer", "org.springframework.boot.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(NettySocketClients.class)
				.doesNotHaveBean(SocketClientMetricsAutoConfiguration.class));
	}

	@Test
	void backsOffForTheApplicationsOwn() {
		this.withClients.withBean("own", SocketClientMetrics.class, SocketClientMetrics::new)
			.run((context) -> assertThat(context).hasSingleBean(SocketClientMetrics.class).hasBean("own"));
	}

	/** Reads the auto-configuration without loading it, as an application does. */
	@ImportAutoConfiguration(SocketClientMetricsAutoConfiguration.class)
	static class Importing {

	}

}
