package dev.socketserver.autoconfigure.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.metrics.SocketClientMetricsAutoConfiguration;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.metrics.SocketClientMetrics;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Addresses of a client that are changed while it is connected.
 */
class ChangedAddressesTests {

	private final int onePort = Ports.free();

	private final int twoPort = Ports.free();

	private final ApplicationContextRunner runner = ChangingApplication.with()
		.withConfiguration(AutoConfigurations.of(SocketClientMetricsAutoConfiguration.class))
		.withBean(SimpleMeterRegistry.class);

	private String[] with(String addresses) {
		return new String[] { "socket.servers.one.port=" + this.onePort, "socket.servers.one.handler=upper",
				"socket.servers.two.port=" + this.twoPort, "socket.servers.two.handler=upper",
				"socket.clients.meter.addresses=" + addresses, "loopback=127.0.0.1" };
	}

	@Test
	void attemptsAreShownByTheAddressesInForce() {
		String one = "127.0.0.1:" + this.onePort;
		String two = "127.0.0.1:" + this.twoPort;
		this.runner.withInitializer((context) -> Environments.set(context, with(one))).run((context) -> {
			SimpleMeterRegistry registry = context.getBean(SimpleMeterRegistry.class);
			context.getBean(SocketClientMetrics.class).bindTo(registry);
			SocketServers servers = context.getBean(SocketServers.class);
			SocketClient meter = context.getBean(SocketClients.class).get("meter");
			assertThat(meter.ask("a", String.class, Patience.limit()).get()).isEqualTo("A");
			Environments.set(context, with(two + "," + one));
			SocketSettings settings = context.getBean(SocketSettings.class);
			settings.apply(settings.plan(), Verdict.APPLIED);

			await().until(() -> attempts(registry, one) == 1);
			assertThat(attempts(registry, two)).isZero();
			servers.get("one").stop();
			await().until(() -> attempts(registry, two) == 1);
			Environments.set(context, with(two));
			settings.apply(settings.plan(), Verdict.APPLIED);
			assertThat(registry.find("socket.client.attempts").tag("address", one).meters()).isEmpty();
			assertThat(attempts(registry, two)).isEqualTo(1);
		});
	}

	/** A registry that shows differences would show all of them once more. */
	@Test
	void attemptsAtAnAddressThatStaysAreCountedOnce() {
		String one = "127.0.0.1:" + this.onePort;
		MockClock clock = new MockClock();
		SimpleMeterRegistry registry = new SimpleMeterRegistry((key) -> key.equals("simple.mode") ? "STEP" : null,
				clock);
		this.runner.withInitializer((context) -> Environments.set(context, with(one))).run((context) -> {
			context.getBean(SocketClientMetrics.class).bindTo(registry);
			SocketClient meter = context.getBean(SocketClients.class).get("meter");
			assertThat(meter.ask("a", String.class, Patience.limit()).get()).isEqualTo("A");
			assertThat(inStep(registry, clock, one)).isOne();

			List<String> file = new ArrayList<>(List.of(with(one)));
			file.add("socket.clients.meter.reconnect.period=7s");
			ChangingApplication.change(context, Verdict.APPLIED, file.toArray(String[]::new));
			assertThat(inStep(registry, clock, one)).isZero();

			ChangingApplication.change(context, Verdict.APPLIED, with("127.0.0.1:" + this.twoPort + "," + one));
			assertThat(inStep(registry, clock, one)).isZero();
		});
	}

	/** Returns what is counted until a step ends. */
	private static double inStep(SimpleMeterRegistry registry, MockClock clock, String address) {
		attempts(registry, address);
		clock.add(Duration.ofMinutes(1));
		return attempts(registry, address);
	}

	@Test
	void addressesHavePortsOfServersOfTheApplication() {
		String[] file = with("127.0.0.1:${local.socket.one.port}");
		this.runner.withInitializer((context) -> Environments.set(context, file)).run((context) -> {
			SocketClient meter = context.getBean(SocketClients.class).get("meter");
			assertThat(meter.ask("a", String.class, Patience.limit()).get()).isEqualTo("A");
			SocketSettings settings = context.getBean(SocketSettings.class);
			for (String addresses : new String[] { "127.0.0.1:${local.socket.two.port}",
					"127.0.0.1:${local.socket.two.port},localhost:${local.socket.one.port}",
					"${loopback}:${local.socket.one.port}", "127.0.0.1:local.socket.two.port" }) {
				Environments.set(context, with(addresses));
				assertThat(settings.plan().changes()).extracting(SettingsChange::reason).containsOnlyNulls();
				settings.apply(settings.plan(), Verdict.APPLIED);
				assertThat(meter.ask("b", String.class, Patience.limit()).get()).isEqualTo("B");
			}
		});
	}

	private static double attempts(SimpleMeterRegistry registry, String address) {
		return registry.get("socket.client.attempts")
			.tags("address", address, "outcome", "SUCCESS")
			.functionCounter()
			.count();
	}

}
