package dev.socketserver.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.settings.SocketSettingsAutoConfiguration;
import dev.socketserver.autoconfigure.settings.table.SettingsTable;
import dev.socketserver.bridge.actuate.SocketBridgeMetrics;
import dev.socketserver.bridge.actuate.SocketBridgesHealthIndicator;
import dev.socketserver.bridge.autoconfigure.SocketBridgeAutoConfiguration;
import dev.socketserver.bridge.autoconfigure.SocketBridgeMetricsAutoConfiguration;
import dev.socketserver.bridge.autoconfigure.SocketBridgesHealthContributorAutoConfiguration;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.settings.Setting;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsPlan;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContext;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.ExecutorSubscribableChannel;
import org.springframework.messaging.support.MessageBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** What a change of a bridge does while its server runs. */
class BridgeSettingsTests {

	private static final String BRIDGE = "socket.servers.in.bridge.";

	@RegisterExtension
	private final Opened opened = new Opened();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class,
				SocketSettingsAutoConfiguration.class, SocketBridgeAutoConfiguration.class))
		.withBean("store", MessageStore.class, () -> (message) -> CompletableFuture.completedFuture(null))
		.withBean("second", MessageStore.class, () -> (message) -> CompletableFuture.completedFuture(null))
		.withBean("word", Function.class, () -> (line) -> "id " + line)
		.withBean("all", Predicate.class, () -> (line) -> true)
		.withBean("flow", MessageChannel.class, BridgeSettingsTests::flow)
		.withPropertyValues("socket.servers.in.port=0", "socket.servers.in.bridge.to=store",
				"socket.servers.in.bridge.acknowledge=OK", "socket.servers.in.bridge.in-flight=8",
				"socket.servers.other.port=0", "socket.servers.other.bridge.to=store",
				"socket.servers.other.bridge.acknowledge=OK");

	private static MessageChannel flow() {
		ExecutorSubscribableChannel channel = new ExecutorSubscribableChannel();
		channel.subscribe((message) -> {
			if (message.getHeaders().getReplyChannel() instanceof MessageChannel replies) {
				replies.send(MessageBuilder.withPayload("flow").build());
			}
		});
		return channel;
	}

	/** Fifty sessions are open, and go on as they began. */
	@Tag("long")
	@ParameterizedTest
	@CsvSource({ "to, second", "id, word", "key, identity", "when, all", "in-flight, 9", "timeout, 7s",
			"retry.period, 7s", "retry.max-period, 77s", "on-failure, close", "acknowledge, NO", "reply, true" })
	void eachKeyDoesWhatIsPromised(String key, String value) {
		Verdict promised = new SettingsTable().row(Section.SERVERS, "bridge." + key).verdict();
		// A reply takes the place of an acknowledgment.
		boolean reply = key.equals("reply");
		this.runner.withPropertyValues(BRIDGE + "to=" + (reply ? "channel:flow" : "store")).run((context) -> {
			SocketSettings settings = context.getBean(SocketSettings.class);
			settings.plan();
			List<TestPeer> peers = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				peers.add(this.opened.add(TestPeer.connect(context, "in")));
				assertThat(peers.get(i).ask("a")).isEqualTo("OK");
			}
			TestPropertyValues.of(BRIDGE + key + "=" + value, BRIDGE + "acknowledge=" + (reply ? "" : "OK"))
				.and(BRIDGE + key + "=" + value)
				.applyTo(context);

			assertThat(settings.plan().changes()).extracting(SettingsChange::key, SettingsChange::verdict)
				.contains(tuple("bridge." + key, promised))
				.hasSize(reply ? 2 : 1);
			assertThat(settings.apply(settings.plan(), Verdict.NEW_SESSIONS).left())
				.hasSize((promised == Verdict.RESTART) ? 1 : 0);
			for (TestPeer peer : peers) {
				assertThat(peer.ask("a")).isEqualTo("OK");
			}
			try (TestPeer next = TestPeer.connect(context, "in")) {
				assertThat(next.ask("a")).isEqualTo(reply ? "flow" : key.equals("acknowledge") ? value : "OK");
				SocketServer server = context.getBean(SocketServers.class).get("in");
				assertThat(server.statistics().active()).isEqualTo(51);
			}
		});
	}

	@Test
	void noKeyIsLeftOut() throws Exception {
		CsvSource keys = BridgeSettingsTests.class
			.getDeclaredMethod("eachKeyDoesWhatIsPromised", String.class, String.class)
			.getAnnotation(CsvSource.class);
		assertThat(
				new SettingsTable().rows(Section.SERVERS).keySet().stream().filter((key) -> key.startsWith("bridge.")))
			.containsExactlyInAnyOrderElementsOf(
					Stream.of(keys.value()).map((row) -> "bridge." + row.split(",")[0]).toList());
	}

	@Test
	void eachKeyOfABridgeIsShown() {
		this.runner.run((context) -> assertThat(
				context.getBean(SocketSettings.class).of(context.getBean(SocketServers.class).get("in")))
			.filteredOn((setting) -> setting.key().startsWith("bridge."))
			.extracting(Setting::key, Setting::value, Setting::onChange)
			.hasSize(11)
			.contains(tuple("bridge.to", "store", Verdict.RESTART),
					tuple("bridge.timeout", "30s", Verdict.NEW_SESSIONS)));
	}

	@Test
	void anotherStoreRestartsTheServerAndWithItTheRestOfItsBridge() {
		this.runner.run((context) -> {
			SocketSettings settings = context.getBean(SocketSettings.class);
			settings.plan();
			TestPropertyValues
				.of("socket.servers.in.bridge.to=second", "socket.servers.in.bridge.in-flight=9",
						"socket.servers.in.limits.sessions=7")
				.applyTo(context);

			assertThat(settings.plan().changes()).extracting(SettingsChange::key, SettingsChange::verdict)
				.containsExactly(tuple("bridge.in-flight", Verdict.RESTART), tuple("bridge.to", Verdict.RESTART),
						tuple("limits.sessions", Verdict.APPLIED));
			assertThat(settings.apply(settings.plan(), Verdict.RESTART).left()).isEmpty();
		});
	}

	@Test
	void anotherServerNeedsNoHandlerMeanwhile() {
		this.runner.run((context) -> {
			SocketSettings settings = context.getBean(SocketSettings.class);
			settings.plan();
			TestPropertyValues.of("socket.servers.other.limits.sessions=7").applyTo(context);

			assertThat(settings.plan().changes()).extracting(SettingsChange::key, SettingsChange::verdict)
				.containsExactly(tuple("limits.sessions", Verdict.APPLIED));
		});
	}

	/** A plan that is only looked at has no bridge, and one that is gone has none. */
	@Test
	void operatorsSeeTheBridgesInForceAndWhereTheyStore() {
		// It may live longer than the application.
		MeterRegistry registry = new SimpleMeterRegistry();
		registry.counter("socket.server.bridge.pending", "server", "of another");
		this.runner
			.withConfiguration(AutoConfigurations.of(SocketBridgesHealthContributorAutoConfiguration.class,
					SocketBridgeMetricsAutoConfiguration.class))
			.withBean(MeterRegistry.class, () -> registry)
			.run((context) -> {
				SocketBridgeMetrics metrics = context.getBean(SocketBridgeMetrics.class);
				metrics.bindTo(registry);
				SocketSettings settings = context.getBean(SocketSettings.class);
				settings.plan();
				TestPropertyValues
					.of(BRIDGE + "to=second", "socket.servers.later.port=0", "socket.servers.later.bridge.to=store",
							"socket.servers.later.bridge.acknowledge=OK")
					.applyTo(context);
				SettingsPlan plan = settings.plan();
				assertThat(shown(context)).containsExactly("in to store", "other to store");
				assertThat(metered(context)).containsExactly("in", "other");

				settings.apply(plan, Verdict.CREATE);
				assertThat(shown(context)).containsExactly("in to second", "later to store", "other to store");
				assertThat(metered(context)).containsExactly("in", "later", "other");

				TestPropertyValues
					.of("socket.servers.later.enabled=false", "socket.servers.in.bridge.to=",
							"socket.servers.in.bridge.acknowledge=", "socket.servers.in.handler=echo")
					.applyTo(context);
				assertThat(settings.apply(settings.plan(), Verdict.REMOVE).left()).isEmpty();
				assertThat(shown(context)).containsExactly("other to store");
				assertThat(metered(context)).containsExactly("other");
			});
		assertThat(registry.getMeters()).hasSize(1);
	}

	private static List<String> shown(ApplicationContext context) {
		Map<String, Object> details = Objects
			.requireNonNull(context.getBean(SocketBridgesHealthIndicator.class).health(true))
			.getDetails();
		return details.entrySet()
			.stream()
			.map((each) -> each.getKey() + " to " + ((Map<?, ?>) each.getValue()).get("to"))
			.sorted()
			.toList();
	}

	private static List<String> metered(ApplicationContext context) {
		return context.getBean(MeterRegistry.class)
			.find("socket.server.bridge.pending")
			.gauges()
			.stream()
			.map((gauge) -> gauge.getId().getTag("server"))
			.sorted()
			.toList();
	}

}
