package dev.socketserver.autoconfigure.metrics;

import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import dev.socketserver.SessionSpec.Side;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.metrics.SocketMeters;
import dev.socketserver.metrics.SocketServerMetrics;
import dev.socketserver.netty.NettySocketServers;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SocketServerMetricsAutoConfiguration}.
 */
class SocketServerMetricsAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(SocketServerMetricsAutoConfiguration.class, MetricsAutoConfiguration.class,
					CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class));

	private final ApplicationContextRunner withServers = this.runner.withUserConfiguration(ServersConfiguration.class);

	@Test
	void serversHaveMeters() {
		this.withServers.run((context) -> {
			NettySocketServers servers = context.getBean(NettySocketServers.class);
			RunningServers.started(servers, RunningServers.upperSpec("upper").build());

			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("socket.server.sessions.active").tag("server", "upper").gauge().value()).isZero();
		});
	}

	@Test
	void theMemoryThatTheyShareHasMetersWithoutAServer() {
		this.withServers.run((context) -> {
			NettySocketServers servers = context.getBean(NettySocketServers.class);
			CountDownLatch release = new CountDownLatch(1);
			SocketServer server = RunningServers.started(servers, RunningServers.slowSpec("slow", release));

			MeterRegistry registry = context.getBean(MeterRegistry.class);
			Gauge used = registry.get("socket.memory.used").gauge();
			assertThat(used.getId().getTags()).isEmpty();
			assertThat(registry.get("socket.memory.limit").gauge().value()).isPositive()
				.isEqualTo(servers.memoryLimit());
			assertThat(used.value()).isZero();
			try (TestPeer peer = TestPeer.connect(server.localAddress())) {
				peer.send("x".repeat(5000) + "\n" + "y".repeat(5000) + "\n");
				await().until(() -> used.value() >= 5000);
				release.countDown();
			}
			await().until(() -> used.value() == 0);
		});
	}

	@Test
	void metersGoWithTheApplicationWhereTheRegistryStays() {
		MeterRegistry registry = new SimpleMeterRegistry();
		this.withServers.withBean(MeterRegistry.class, () -> registry).run((context) -> {
			RunningServers.started(context.getBean(NettySocketServers.class),
					RunningServers.upperSpec("upper").build());
			assertThat(registry.find("socket.server.sessions.active").gauge()).isNotNull();
		});
		assertThat(registry.getMeters()).noneMatch((meter) -> meter.getId().getName().startsWith("socket."));
	}

	@Test
	void allRegistriesHaveThem() {
		this.withServers.withBean("one", SimpleMeterRegistry.class, SimpleMeterRegistry::new)
			.withBean("two", SimpleMeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> {
				NettySocketServers servers = context.getBean(NettySocketServers.class);
				servers.register(RunningServers.upperSpec("upper").build());

				assertThat(context.getBeansOfType(SimpleMeterRegistry.class).values()).hasSize(2)
					.allSatisfy((registry) -> assertThat(registry.find("socket.server.sent").meters()).hasSize(1));
				servers.remove("upper");
				assertThat(context.getBeansOfType(SimpleMeterRegistry.class).values())
					.allSatisfy((registry) -> assertThat(registry.find("socket.server.sent").meters()).isEmpty());
			});
	}

	@Test
	void isAbsentWithoutARegistry() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SocketServerMetricsAutoConfiguration.class))
			.withUserConfiguration(ServersConfiguration.class)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketServerMetrics.class));
	}

	@Test
	void needsNoPropertiesOfBoots() {
		new ApplicationContextRunner().withUserConfiguration(Importing.class, ServersConfiguration.class)
			.withBean(SimpleMeterRegistry.class, SimpleMeterRegistry::new)
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(SocketServerMetrics.class));
	}

	@ParameterizedTest
	@CsvSource({ "percentiles.socket.server.handler, 0.9", "percentiles-histogram.socket.server, true",
			"slo.socket, 10ms", "expiry.all, 1m" })
	void aTimerIsFedIfADistributionIsAskedForAsBootFindsIt(String key, String value) {
		this.withServers.withPropertyValues("management.metrics.distribution." + key + "=" + value).run((context) -> {
			context.getBean(NettySocketServers.class).register(RunningServers.upperSpec("upper").build());
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.find("socket.server.handler").timers()).hasSize(2);
		});
	}

	@ParameterizedTest
	@CsvSource({ "percentiles.socket.server.handler.stuck, 0.9", "percentiles-histogram.all, false",
			"percentiles.http, 0.9" })
	void aTimerOnlyReadsCountersOtherwise(String key, String value) {
		this.withServers.withPropertyValues("management.metrics.distribution." + key + "=" + value).run((context) -> {
			context.getBean(NettySocketServers.class).register(RunningServers.upperSpec("upper").build());
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.find("socket.server.handler").functionTimers()).hasSize(2);
			assertThat(registry.find("socket.server.handler").timers()).isEmpty();
		});
	}

	@ParameterizedTest
	@CsvSource({ "percentiles.socket.server.handler, 2", "percentiles.socket.server.handler, 95",
			"percentiles.socket.server.handler, -1", "slo.socket.server.handler, -1ms",
			"minimum-expected-value.socket.server.handler, -1ms", "buffer-length.socket.server.handler, -1" })
	@ExtendWith(OutputCaptureExtension.class)
	void aMeterThatARegistryRefusesCostsNoOther(String key, String value, CapturedOutput output) {
		this.withServers.withPropertyValues("management.metrics.distribution." + key + "=" + value)
			.withBean("one", SimpleMeterRegistry.class, SimpleMeterRegistry::new)
			.withBean("two", SimpleMeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> {
				NettySocketServers servers = context.getBean(NettySocketServers.class);
				SocketServer server = RunningServers.started(servers, RunningServers.upperSpec("upper").build());
				try (TestPeer peer = TestPeer.connect(server.localAddress())) {
					assertThat(peer.ask("x")).isEqualTo("X");
				}

				assertThat(context.getBeansOfType(MeterRegistry.class).values()).hasSize(3)
					.allSatisfy((registry) -> assertThat(Stream
						.concat(SocketMeters.of(Side.SERVER).stream(),
								Stream.of(SocketMeters.MEMORY_USED, SocketMeters.MEMORY_LIMIT))
						.map((meter) -> meter.getName(Side.SERVER))
						// A server with one listener has none of these.
						.filter((name) -> !name.startsWith("socket.server.listener."))
						.filter((name) -> registry.find(name).meters().isEmpty()))
						.containsExactly("socket.server.handler"));
				assertThat(output)
					.containsOnlyOnce("Meter 'socket.server.handler' (outcome 'SUCCESS', server 'upper') "
							+ "is missing in AutoConfiguredCompositeMeterRegistry, which refuses it: ")
					.containsOnlyOnce("Correct management.metrics.distribution.* for that name")
					.doesNotContain("\tat ");
				servers.remove("upper");
				await().untilAsserted(() -> assertThat(context.getBeansOfType(MeterRegistry.class).values())
					.allSatisfy((registry) -> assertThat(registry.getMeters())
						.noneMatch((meter) -> meter.getId().getName().startsWith("socket.server."))));
			});
	}

	@Test
	void isAbsentWithoutServers() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketServerMetrics.class));
	}

	@Test
	void isAbsentWithoutMicrometer() {
		new ApplicationContextRunner().withUserConfiguration(Importing.class, ServersConfiguration.class)
			.withClassLoader(new FilteredClassLoader("io.micrometer", "org.springframework.boot.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(NettySocketServers.class)
				.doesNotHaveBean(SocketServerMetricsAutoConfiguration.class));
	}

	@Test
	void backsOffForTheApplicationsOwn() {
		this.withServers.withBean("own", SocketServerMetrics.class, SocketServerMetrics::new)
			.run((context) -> assertThat(context).hasSingleBean(SocketServerMetrics.class).hasBean("own"));
	}

	/** Reads the auto-configuration without loading it, as an application does. */
	@ImportAutoConfiguration(SocketServerMetricsAutoConfiguration.class)
	static class Importing {

	}

	@Configuration(proxyBeanMethods = false)
	static class ServersConfiguration {

		@Bean
		NettySocketServers servers(ObjectProvider<SocketServerListener> listeners) {
			return new NettySocketServers(listeners.orderedStream().toList());
		}

	}

}
