package dev.socketserver.handler.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.SocketServersEndpoint;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.settings.SocketSettingsAutoConfiguration;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.SocketMessage;
import dev.socketserver.metrics.SocketServerMetrics;
import dev.socketserver.observation.SocketMessageObserver;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What operators see of several methods for messages. */
class DispatchOperationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withBean("handler", Meters.class)
		.withBean("single", Single.class)
		.withPropertyValues("socket.servers.it.port=0", "socket.servers.it.handler=handler",
				"socket.servers.one.port=0", "socket.servers.one.handler=single",
				"socket.server-defaults.discriminator=word", "socket.server-defaults.framing=line");

	@Test
	void theJsonOfAServerHasItsMappings() {
		this.runner.run((context) -> {
			SocketServersEndpoint endpoint = new SocketServersEndpoint(context.getBean(SocketServers.class), List.of(),
					Show.ALWAYS);
			assertThat(JsonMapper.shared().writeValueAsString(endpoint.socketServer("it").mappings()))
				.isEqualTo("[{\"key\":\"DATA\",\"method\":\"Meters.data\",\"payload\":\"byte[]\"},"
						+ "{\"key\":\"IN\",\"method\":\"Meters.login\",\"payload\":\"java.lang.String\"},"
						+ "{\"key\":\"LOGIN\",\"method\":\"Meters.login\",\"payload\":\"java.lang.String\"},"
						+ "{\"key\":null,\"method\":\"Meters.other\",\"payload\":null}]");
			assertThat(JsonMapper.shared().writeValueAsString(endpoint.socketServer("one").mappings())).isEqualTo("[]");
			assertThat(JsonMapper.shared()
				.readTree(JsonMapper.shared().writeValueAsString(endpoint.socketServer("it")))
				.get("mappings")
				.size()).isEqualTo(4);
		});
	}

	@Test
	void soItHasOverHttp() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Web.class).run("--server.port=0",
				"--management.endpoints.web.exposure.include=socketservers", "--socket.servers.it.port=0",
				"--socket.servers.it.handler=meters", "--socket.servers.it.discriminator=word",
				"--socket.servers.it.framing=line")) {
			RestTestClient.bindToServer()
				.baseUrl("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"))
				.build()
				.get()
				.uri("/actuator/socketservers/it")
				.exchange()
				.expectStatus()
				.isOk()
				.expectBody()
				.jsonPath("$.mappings.length()")
				.isEqualTo(4)
				.jsonPath("$.mappings[1]")
				.isEqualTo(Map.of("key", "IN", "method", "Meters.login", "payload", "java.lang.String"))
				.jsonPath("$.mappings[3].key")
				.isEqualTo(null);
		}
	}

	@Test
	void aSingleMethodIsAMappingOnlyByItsKeys() {
		this.runner.withBean("late", Timed.class)
			.withBean("letter", Letter.class)
			.withPropertyValues("socket.servers.it.handler=late", "socket.servers.one.handler=letter")
			.run((context) -> {
				SocketServersEndpoint endpoint = new SocketServersEndpoint(context.getBean(SocketServers.class),
						List.of(), Show.ALWAYS);
				assertThat(endpoint.socketServer("it").mappings()).isEmpty();
				assertThat(JsonMapper.shared().writeValueAsString(endpoint.socketServer("one").mappings()))
					.isEqualTo("[{\"key\":\"A\",\"method\":\"Letter.a\",\"payload\":null}]");
			});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theMeterOfCallsHasATagForTheMethod(boolean distributed) {
		MeterRegistry registry = new SimpleMeterRegistry();
		PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		SocketServerMetrics metrics = new SocketServerMetrics((name) -> distributed);
		metrics.bindTo(registry);
		metrics.bindTo(prometheus);
		this.runner.withBean(SocketServerMetrics.class, () -> metrics).run((context) -> {
			talk(context);
			await().untilAsserted(() -> {
				assertThat(calls(registry, "Meters.login", "SUCCESS")).isEqualTo(2);
				assertThat(calls(registry, "Meters.data", "ERROR")).isEqualTo(1);
				assertThat(calls(registry, "Meters.other", "SUCCESS")).isEqualTo(1);
				assertThat(calls(registry, "none", "ERROR")).isZero();
			});
			assertThat(registry.find("socket.server.handler").tag("server", "one").meters())
				.allSatisfy((meter) -> assertThat(meter.getId().getTag("method")).isNull())
				.hasSize(2);
			assertThat(prometheus.scrape()).contains(
					"socket_server_handler_seconds_count{method=\"Meters.login\",outcome=\"SUCCESS\",server=\"it\"} 2",
					"socket_server_handler_seconds_count{outcome=\"SUCCESS\",server=\"one\"} 0");
		});
	}

	/** Whatever the change is, sessions that open then have a handler of their own. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theMeterGoesOnWhenSettingsChange(boolean distributed) {
		MeterRegistry registry = new SimpleMeterRegistry();
		SocketServerMetrics metrics = new SocketServerMetrics((name) -> distributed);
		metrics.bindTo(registry);
		this.runner.withConfiguration(AutoConfigurations.of(SocketSettingsAutoConfiguration.class))
			.withBean(SocketServerMetrics.class, () -> metrics)
			.withBean("second", Letters.class)
			.run((context) -> {
				SocketSettings settings = context.getBean(SocketSettings.class);
				settings.plan();
				try (TestPeer before = TestPeer.connect(context, "it")) {
					assertThat(before.ask("LOGIN m1")).isEqualTo("in");
					for (String idle : List.of("1h", "2h")) {
						TestPropertyValues.of("socket.servers.it.timeouts.idle=" + idle).applyTo(context);
						assertThat(settings.apply(settings.plan(), Verdict.NEW_SESSIONS).applied()).hasSize(1);
						try (TestPeer after = TestPeer.connect(context, "it")) {
							assertThat(after.ask("LOGIN m2")).isEqualTo("in");
						}
					}
					assertThat(before.ask("LOGIN m1")).isEqualTo("in");
				}
				await().untilAsserted(() -> assertThat(calls(registry, "Meters.login", "SUCCESS")).isEqualTo(4));

				TestPropertyValues.of("socket.servers.it.handler=second").applyTo(context);
				settings.apply(settings.plan(), Verdict.NEW_SESSIONS);
				try (TestPeer after = TestPeer.connect(context, "it")) {
					assertThat(after.ask("A")).isEqualTo("a");
				}
				await().untilAsserted(() -> assertThat(calls(registry, "Letters.a", "SUCCESS")).isEqualTo(1));
			});
	}

	/** What the timers show is the last that holds it. */
	@Test
	void theMeterGoesOnWhenTheHandlerThatItBeganWithIsGone() {
		MeterRegistry registry = new SimpleMeterRegistry();
		SocketServerMetrics metrics = new SocketServerMetrics();
		metrics.bindTo(registry);
		this.runner.withConfiguration(AutoConfigurations.of(SocketSettingsAutoConfiguration.class))
			.withBean(SocketServerMetrics.class, () -> metrics)
			.withBean("second", Letters.class)
			.run((context) -> {
				change(context, "socket.servers.it.handler=second");
				ask(context, "A", "a");
				await().untilAsserted(() -> assertThat(calls(registry, "Letters.a", "SUCCESS")).isEqualTo(1));
				change(context, "socket.servers.it.timeouts.idle=1h");
				context.getBean(SocketSettings.class).plan();
				await().until(() -> context.getBean(SocketServers.class).get("it").statistics().active() == 0);
				for (int asked = 2; asked < 5; asked++) {
					System.gc();
					ask(context, "A", "a");
					int all = asked;
					await().untilAsserted(() -> assertThat(calls(registry, "Letters.a", "SUCCESS")).isEqualTo(all));
				}
			});
	}

	/** A registry that shows differences would show all calls once more. */
	@Test
	void callsAreCountedOnceByAnotherHandlerOfTheSameMethods() {
		MockClock clock = new MockClock();
		MeterRegistry registry = new SimpleMeterRegistry((key) -> key.equals("simple.mode") ? "STEP" : null, clock);
		SocketServerMetrics metrics = new SocketServerMetrics();
		metrics.bindTo(registry);
		this.runner.withConfiguration(AutoConfigurations.of(SocketSettingsAutoConfiguration.class))
			.withBean(SocketServerMetrics.class, () -> metrics)
			.withBean("otherHandler", Meters.class)
			.withBean("otherSingle", Single.class)
			.run((context) -> {
				ask(context, "LOGIN m1", "in");
				try (TestPeer peer = TestPeer.connect(context, "one")) {
					assertThat(peer.ask("LOGIN")).isEqualTo("LOGIN");
				}
				await().until(() -> context.getBean(SocketServers.class).get("one").statistics().active() == 0);
				await().until(() -> context.getBean(SocketServers.class).get("it").statistics().active() == 0);
				assertThat(inStep(registry, clock)).isEqualTo(2);

				change(context, "socket.servers.it.handler=otherHandler", "socket.servers.one.handler=otherSingle");

				assertThat(inStep(registry, clock)).isZero();
				ask(context, "LOGIN m1", "in");
				await().until(() -> context.getBean(SocketServers.class).get("it").statistics().active() == 0);
				assertThat(inStep(registry, clock)).isEqualTo(1);
			});
	}

	/** Returns how many calls are counted until a step ends. */
	private static double inStep(MeterRegistry registry, MockClock clock) {
		counted(registry);
		clock.add(Duration.ofMinutes(1));
		return counted(registry);
	}

	private static double counted(MeterRegistry registry) {
		return registry.get("socket.server.handler").functionTimers().stream().mapToDouble(FunctionTimer::count).sum();
	}

	private static void ask(ConfigurableApplicationContext context, String request, String reply) throws Exception {
		try (TestPeer peer = TestPeer.connect(context, "it")) {
			assertThat(peer.ask(request)).isEqualTo(reply);
		}
	}

	private static void change(ConfigurableApplicationContext context, String... pairs) {
		SocketSettings settings = context.getBean(SocketSettings.class);
		TestPropertyValues.of(pairs).applyTo(context);
		assertThat(settings.apply(settings.plan(), Verdict.NEW_SESSIONS).applied()).hasSize(pairs.length);
	}

	private static double calls(MeterRegistry registry, String method, String outcome) {
		double[] count = new double[1];
		registry.get("socket.server.handler")
			.tags("server", "it", "method", method, "outcome", outcome)
			.meter()
			.measure()
			.forEach((measurement) -> {
				if (measurement.getStatistic().getTagValueRepresentation().equals("count")) {
					count[0] = measurement.getValue();
				}
			});
		return count[0];
	}

	@Test
	void theObservationHasAKeyForTheMethod() {
		TestObservationRegistry registry = TestObservationRegistry.create();
		SocketMessageObserver observer = new SocketMessageObserver(registry, null, null);
		this.runner.withBean(SocketMessageObserver.class, () -> observer).run((context) -> {
			talk(context);
			try (TestPeer peer = TestPeer.connect(context, "one")) {
				assertThat(peer.ask("LOGIN")).isEqualTo("LOGIN");
			}
			await().untilAsserted(() -> {
				TestObservationRegistryAssert.assertThat(registry)
					.hasNumberOfObservationsWithNameEqualTo("socket.server.message", 5);
				for (String method : List.of("Meters.login", "Meters.data", "Meters.other")) {
					TestObservationRegistryAssert.assertThat(registry).hasAnObservationWithAKeyValue("method", method);
				}
			});
			TestObservationRegistryAssert.assertThat(registry)
				.hasAnObservation((observation) -> observation.hasLowCardinalityKeyValue("server", "one")
					.doesNotHaveLowCardinalityKeyValueWithKey("method"));
		});
	}

	/** Registries may drop meters of one name whose keys differ. */
	@Test
	void anObservationHasTheKeyAlsoWithoutAMethod() {
		TestObservationRegistry registry = TestObservationRegistry.create();
		SocketMessageObserver observer = new SocketMessageObserver(registry, null, null);
		this.runner.withBean(SocketMessageObserver.class, () -> observer)
			.withBean("letters", Letters.class)
			.withBean("keys", Function.class, () -> failing())
			.withPropertyValues("socket.servers.it.handler=letters", "socket.servers.one.handler=letters",
					"socket.servers.one.discriminator=keys")
			.run((context) -> {
				for (String server : List.of("it", "one")) {
					try (TestPeer peer = TestPeer.connect(context, server)) {
						assertThat(peer.send("X\n").read()).isNull();
					}
					Patience.within(() -> TestObservationRegistryAssert.assertThat(registry)
						.hasAnObservation((observation) -> observation.hasLowCardinalityKeyValue("server", server)
							.hasLowCardinalityKeyValue("method", "none")
							.hasLowCardinalityKeyValue("outcome", "ERROR")));
				}
			});
	}

	private static Function<byte[], String> failing() {
		return (frame) -> {
			throw new IllegalStateException("no key");
		};
	}

	private static void talk(AssertableApplicationContext context) throws Exception {
		try (TestPeer peer = TestPeer.connect(context, "it")) {
			assertThat(peer.ask("LOGIN a")).isEqualTo("in");
			assertThat(peer.ask("IN a")).isEqualTo("in");
			assertThat(peer.ask("X a")).isEqualTo("X");
			assertThat(peer.send("DATA a\n").read()).isNull();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Web {

		@Bean
		Meters meters() {
			return new Meters();
		}

	}

	static class Meters {

		@OnMessage({ "LOGIN", "IN" })
		String login(String line) {
			return "in";
		}

		@OnMessage("DATA")
		void data(byte[] frame) {
			throw new IllegalStateException("no data");
		}

		@OnMessage(isDefault = true)
		String other(SocketMessage message) {
			return String.valueOf(message.key());
		}

	}

	static class Single {

		@OnMessage
		String on(String line) {
			return line;
		}

	}

	static class Timed {

		@OnMessage
		String on(String line, Instant receivedAt) {
			return line;
		}

	}

	static class Letter {

		@OnMessage("A")
		String a() {
			return "a";
		}

	}

	static class Letters {

		@OnMessage("A")
		String a() {
			return "a";
		}

		@OnMessage("B")
		String b() {
			return "b";
		}

	}

}
