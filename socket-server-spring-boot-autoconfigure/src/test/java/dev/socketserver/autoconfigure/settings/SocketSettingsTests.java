package dev.socketserver.autoconfigure.settings;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.lifecycle.SocketServersLifecycle;
import dev.socketserver.autoconfigure.metrics.SocketSettingsMetricsAutoConfiguration;
import dev.socketserver.autoconfigure.registration.SocketServerSpecCustomizer;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.event.SocketSettingsChangedEvent;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.metrics.SocketSettingsMetrics;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.settings.Setting;
import dev.socketserver.settings.Setting.Source;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsConflictException;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.SettingsPlan;
import dev.socketserver.settings.SettingsRecord.Outcome;
import dev.socketserver.settings.SettingsRefusedException;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.env.RandomValuePropertySource;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SocketSettings}.
 */
class SocketSettingsTests {

	private static Map<String, Setting> settings(ConfigurableApplicationContext context, String server) {
		return context.getBean(SocketSettings.class)
			.of(server(context, server))
			.stream()
			.collect(Collectors.toMap(Setting::key, Function.identity()));
	}

	private static SocketServer server(ConfigurableApplicationContext context, String name) {
		return context.getBean(SocketServers.class).get(name);
	}

	private static SettingsChange change(String entry, String key, String from, String to, Verdict verdict) {
		return new SettingsChange(entry, key, from, to, verdict, null);
	}

	@Test
	void eachValueSaysWhereItIsFrom() {
		ChangingApplication
			.with("socket.servers.upper.port=0", "socket.servers.upper.framing.type=line",
					"socket.servers.upper.limits.allow=127.0.0.1,::1", "socket.server-defaults.timeouts.idle=1m",
					"socket.servers.upper.args[0]=a", "socket.servers.upper.args[1]=b")
			.run((context) -> {
				Map<String, Setting> settings = settings(context, "upper");
				assertThat(settings.get("port")).isEqualTo(new Setting("port", "0", Source.ENTRY,
						"socket.servers.upper.port", "file - 1", Verdict.RESTART));
				assertThat(settings.get("timeouts.idle")).isEqualTo(new Setting("timeouts.idle", "1m", Source.DEFAULTS,
						"socket.server-defaults.timeouts.idle", "file - 4", Verdict.APPLIED));
				assertThat(settings.get("framing.type")).isEqualTo(new Setting("framing.type", "line", Source.ENTRY,
						"socket.servers.upper.framing.type", "file - 2", Verdict.NEW_SESSIONS));
				assertThat(settings.get("limits.frame"))
					.isEqualTo(new Setting("limits.frame", "64KB", Source.BUILT_IN, null, null, Verdict.NEW_SESSIONS));
				assertThat(settings.get("limits.allow").value()).isEqualTo("127.0.0.1,::1");
				assertThat(settings.get("args").value()).isEqualTo("a,b");
				assertThat(settings).doesNotContainKeys("bridge.to", "framing");
			});
	}

	/** Its module is not here, and is known by what is said of it. */
	@Test
	void aConsoleIsMadeWithTheApplication() {
		ChangingApplication.with("socket.servers.upper.port=0").run((context) -> {
			context.getBean(SocketSettings.class).plan();
			Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.handler=repl",
					"socket.servers.other.port=0", "socket.servers.other.handler=repl");

			assertThat(context.getBean(SocketSettings.class).plan().changes())
				.extracting(SettingsChange::entry, SettingsChange::verdict, SettingsChange::reason)
				.containsExactlyInAnyOrder(
						Tuple.tuple("servers.upper", Verdict.REFUSED,
								"The application must be restarted: a console is made with it"),
						Tuple.tuple("servers.other", Verdict.REFUSED,
								"The application must be restarted: a console is made with it"));
		});
	}

	@Test
	void aCustomizerIsNamed() {
		ChangingApplication.with("socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=7")
			.withBean("nine", SocketServerSpecCustomizer.class, () -> (name, spec) -> spec.limits((l) -> l.sessions(9)))
			.run((context) -> assertThat(settings(context, "upper").get("limits.sessions"))
				.isEqualTo(new Setting("limits.sessions", "9", Source.CUSTOMIZER, null, "nine", Verdict.APPLIED)));
	}

	@Test
	void aServerOfTheApplicationIsItsOwn() {
		ChangingApplication.with("socket.servers.upper.port=0").run((context) -> {
			ServerSpec spec = ServerSpec.builder("code")
				.handler(ServerHandler.function("lower", PayloadConverter.text(UTF_8), (line) -> line.toLowerCase()))
				.limits((limits) -> limits.sessions(3))
				.build();
			context.getBean(SocketServers.class).register(spec);
			Map<String, Setting> settings = settings(context, "code");
			assertThat(settings.get("limits.sessions"))
				.isEqualTo(new Setting("limits.sessions", "3", Source.CODE, null, null, Verdict.REFUSED));
			assertThat(settings.get("limits.frame"))
				.isEqualTo(new Setting("limits.frame", "64KB", Source.BUILT_IN, null, null, Verdict.REFUSED));
			Environments.set(context, "socket.servers.upper.port=0", "socket.servers.code.port=0",
					"socket.servers.code.handler=upper");
			assertThat(context.getBean(SocketSettings.class).plan().changes())
				.extracting(SettingsChange::entry, SettingsChange::verdict, SettingsChange::reason)
				.containsExactly(Tuple.tuple("servers.code", Verdict.REFUSED,
						"The application has registered a server of that name itself"));
		});
	}

	@Test
	void equalValuesAreNoChange() {
		ChangingApplication
			.with("socket.servers.upper.port=0", "socket.servers.upper.timeouts.frame=20s",
					"socket.servers.upper.limits.frame=1KB")
			.run((context) -> {
				Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.timeouts.frame=20000",
						"socket.servers.upper.limits.frame=1024", "socket.servers.upper.timeouts.write=30000");
				assertThat(context.getBean(SocketSettings.class).plan().changes()).isEmpty();
			});
	}

	/** Else they would be drawn again at each look. */
	@Test
	void randomValuesAreDrawnOnce() {
		String[] file = { "socket.servers.upper.port=${random.int(10000,19000)}", "socket.cluster.node=shop-${id}",
				"socket.servers.upper.farewell=${word:bye}", "id=${random.uuid}" };
		ChangingApplication.with(file)
			.withInitializer((context) -> RandomValuePropertySource.addToEnvironment(context.getEnvironment()))
			.run((context) -> {
				int port = server(context, "upper").port();
				assertThat(settings(context, "upper").get("port").value()).isEqualTo("${random.int(10000,19000)}");
				assertThat(settings(context, "upper").get("farewell").value()).isEqualTo("bye");
				assertThat(context.getBean(SocketSettings.class).plan().changes()).isEmpty();

				assertThat(ChangingApplication
					.change(context, Verdict.RESTART, file[0], file[1], file[2], file[3],
							"socket.servers.upper.backlog=9")
					.applied()).extracting(SettingsChange::key).containsExactly("backlog");

				assertThat(server(context, "upper").port()).isEqualTo(port);
				assertThat(context.getBean(SocketSettings.class).pending()).isZero();
			});
	}

	@Test
	void theApplicationChangesItsEnvironmentItself() {
		ChangingApplication.with("socket.servers.upper.port=0").run((context) -> {
			ConfigurableEnvironment environment = context.getEnvironment();
			SocketSettings settings = context.getBean(SocketSettings.class);

			environment.getPropertySources()
				.addFirst(new MapPropertySource("operator", Map.of("socket.servers.upper.limits.sessions", "5")));
			SettingsPlan plan = settings.plan();
			SettingsOutcome outcome = settings.apply(plan, Verdict.NEW_SESSIONS);

			assertThat(outcome.left()).isEmpty();
			assertThat(server(context, "upper").spec().limits().sessions()).isEqualTo(5);
		});
	}

	@Test
	void aChangeIsPlannedAndMadeUpToAVerdict() {
		ChangingApplication.with("socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=7")
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "upper")) {
					assertThat(peer.ask("a")).isEqualTo("A");
					Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=8",
							"socket.servers.upper.limits.frame=3", "socket.servers.upper.backlog=5");
					SocketSettings settings = context.getBean(SocketSettings.class);
					SettingsPlan plan = settings.plan();
					SettingsChange sessions = change("servers.upper", "limits.sessions", "7", "8", Verdict.APPLIED);
					SettingsChange frame = change("servers.upper", "limits.frame", "64KB", "3", Verdict.NEW_SESSIONS);
					SettingsChange backlog = change("servers.upper", "backlog", "0", "5", Verdict.RESTART);
					assertThat(plan).isEqualTo(new SettingsPlan(1, List.of(backlog, frame, sessions)));

					SettingsOutcome outcome = ChangingApplication.apply(context, Verdict.NEW_SESSIONS);

					assertThat(outcome).isEqualTo(new SettingsOutcome(2, List.of(frame, sessions), List.of(backlog)));
					assertThat(server(context, "upper").spec().limits().sessions()).isEqualTo(8);
					assertThat(peer.ask("longer")).isEqualTo("LONGER");
					assertThat(settings(context, "upper").get("limits.sessions").origin()).isEqualTo("file - 2");
					assertThat(settings(context, "upper").get("backlog").from()).isEqualTo(Source.BUILT_IN);
					assertThat(context.getBean(SocketSettings.class).history()).singleElement().satisfies((made) -> {
						assertThat(made.outcome()).isEqualTo(Outcome.APPLIED);
						assertThat(made.by()).isEqualTo("code");
					});
					assertThat(server(context, "upper").sessions().findFirst().orElseThrow().settingsVersion())
						.isEqualTo(1);
				}
				try (TestPeer next = TestPeer.connect(context, "upper")) {
					assertThat(next.ask("abc")).isEqualTo("ABC");
					assertThat(
							server(context, "upper").sessions().anyMatch((session) -> session.settingsVersion() == 2))
						.isTrue();
				}
			});
	}

	@Test
	void whatNeedsAChangeThatIsLeftIsLeftWithIt() {
		ChangingApplication.with("socket.servers.upper.port=0", "socket.clients.plant.port=9").run((context) -> {
			SettingsOutcome outcome = ChangingApplication.change(context, Verdict.NEW_SESSIONS,
					"socket.servers.upper.port=0", "socket.servers.upper.protocol=udp",
					"socket.servers.upper.udp.session-timeout=5s", "socket.servers.upper.limits.sessions=8",
					"socket.clients.plant.addresses=127.0.0.1:9,127.0.0.1:10");
			assertThat(outcome.applied()).extracting(SettingsChange::key).containsExactly("limits.sessions");
			assertThat(outcome.left()).extracting(SettingsChange::key)
				.containsExactlyInAnyOrder("protocol", "udp.session-timeout", "addresses", "port");
			assertThat(server(context, "upper").spec().limits().sessions()).isEqualTo(8);

			outcome = ChangingApplication.apply(context, Verdict.NEW_SESSIONS);
			assertThat(outcome.version()).isEqualTo(2);
			assertThat(outcome.applied()).isEmpty();
			assertThat(outcome.left()).hasSize(4);

			outcome = ChangingApplication.apply(context, Verdict.RESTART);
			assertThat(outcome.applied()).hasSize(4);
			assertThat(outcome.left()).isEmpty();
		});
	}

	@Test
	void anInheritedChangeReachesAllWhoInheritIt() {
		ChangingApplication.with(oneAndTwo("socket.servers.two.timeouts.idle=5s")).run((context) -> {
			Environments.set(context,
					oneAndTwo("socket.servers.two.timeouts.idle=5s", "socket.server-defaults.timeouts.idle=9s"));
			SocketSettings settings = context.getBean(SocketSettings.class);
			SettingsPlan plan = settings.plan();
			SettingsOutcome outcome = settings.apply(plan, Verdict.NEW_SESSIONS);
			assertThat(outcome.applied())
				.containsExactly(change("servers.one", "timeouts.idle", "never", "9s", Verdict.APPLIED));
			assertThat(server(context, "one").spec().session().timeouts().idle()).isEqualTo(Duration.ofSeconds(9));
			assertThat(server(context, "two").spec().session().timeouts().idle()).isEqualTo(Duration.ofSeconds(5));
			assertThat(settings(context, "one").get("timeouts.idle").from()).isEqualTo(Source.DEFAULTS);
		});
	}

	@Test
	void serversComeAndGo() {
		ChangingApplication.with("socket.servers.one.port=0", "socket.servers.one.handler=upper").run((context) -> {
			Environments.set(context, "socket.servers.two.port=0", "socket.servers.two.handler=upper");
			assertThat(ChangingApplication.apply(context, Verdict.REMOVE).applied()).containsExactly(
					change("servers.one", null, null, null, Verdict.REMOVE),
					change("servers.two", null, null, null, Verdict.CREATE));
			assertThat(context.getBean(SocketServers.class)).extracting(SocketServer::name).containsExactly("two");
			try (TestPeer peer = TestPeer.connect(context, "two")) {
				assertThat(peer.ask("a")).isEqualTo("A");
				assertThat(server(context, "two").sessions().findFirst().orElseThrow().settingsVersion()).isEqualTo(2);
			}
			assertThat(context.getBean(SocketSettings.class).plan().changes()).isEmpty();
			context.getBean(SocketServers.class).remove("two");
			assertThat(context.getBean(SocketSettings.class).plan().changes())
				.containsExactly(change("servers.two", null, null, null, Verdict.CREATE));
		});
	}

	@Test
	void aServerIsRestartedElsewhere() {
		int port = Ports.free();
		ChangingApplication.with("socket.servers.upper.port=0").run((context) -> {
			Environments.set(context, "socket.servers.upper.port=" + port);
			assertThat(ChangingApplication.apply(context, Verdict.RESTART).version()).isEqualTo(2);
			assertThat(server(context, "upper").port()).isEqualTo(port);
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.ask("a")).isEqualTo("A");
			}
		});
	}

	@Test
	void aRestartThatCannotListenIsTakenBack() throws Exception {
		int port = Ports.free();
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			ChangingApplication.with("socket.servers.upper.port=" + port, "socket.servers.upper.limits.sessions=7")
				.run((context) -> {
					Environments.set(context, "socket.servers.upper.port=" + taken.getLocalPort(),
							"socket.servers.upper.limits.sessions=8");
					assertThatExceptionOfType(SettingsConflictException.class)
						.isThrownBy(() -> ChangingApplication.apply(context, Verdict.RESTART))
						.withMessageContaining("Property socket.servers.upper.port is '" + taken.getLocalPort()
								+ "', and another socket already uses that port")
						.withMessageEndingWith(
								"Everything is as it was, but the sessions of server 'upper' have ended.");
					assertThat(server(context, "upper").port()).isEqualTo(port);
					assertThat(server(context, "upper").spec().limits().sessions()).isEqualTo(7);
					try (TestPeer peer = TestPeer.connect(context, "upper")) {
						assertThat(peer.ask("a")).isEqualTo("A");
					}
					SocketSettings settings = context.getBean(SocketSettings.class);
					assertThat(settings.history()).extracting((made) -> made.outcome()).containsExactly(Outcome.FAILED);
					assertThat(settings.plan().changes()).hasSize(2);
				});
		}
	}

	@Test
	void aServerThatWasTriedAgainStillIsIfARestartIsTakenBack() throws Exception {
		try (ServerSocket first = new ServerSocket(Ports.free(), 1, InetAddress.getLoopbackAddress());
				ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			ChangingApplication
				.with("socket.servers.upper.port=" + first.getLocalPort(),
						"socket.servers.upper.start.on-failure=retry")
				.run((context) -> {
					SocketServersLifecycle lifecycle = context.getBean(SocketServersLifecycle.class);
					await().until(() -> lifecycle.nextAttempt("upper") != null);
					Environments.set(context, "socket.servers.upper.port=" + other.getLocalPort(),
							"socket.servers.upper.start.on-failure=retry");
					// Again, if an attempt is under way just then.
					Patience.within(() -> assertThatExceptionOfType(SettingsConflictException.class)
						.isThrownBy(() -> ChangingApplication.apply(context, Verdict.RESTART))
						.withMessageEndingWith("Everything is as it was."));
					await().until(() -> server(context, "upper").state() == ServerState.FAILED);
					assertThat(server(context, "upper").spec().listenOn().address().getPort())
						.isEqualTo(first.getLocalPort());
					await().until(() -> lifecycle.nextAttempt("upper") != null);
					free(first);
					await().atMost(Patience.limit())
						.until(() -> server(context, "upper").state() == ServerState.RUNNING);
				});
		}
	}

	private static void free(ServerSocket taken) throws IOException {
		taken.close();
	}

	/** Returns a file with two servers, and more. */
	private static String[] oneAndTwo(String... more) {
		return Stream
			.concat(Stream.of("socket.servers.one.port=0", "socket.servers.one.handler=upper",
					"socket.servers.two.port=0", "socket.servers.two.handler=upper"), Stream.of(more))
			.toArray(String[]::new);
	}

	@Test
	void allMistakesAreToldAndNothingIsDone() {
		ChangingApplication.with(oneAndTwo()).run((context) -> {
			Environments.set(context, "socket.servers.one.port=0", "socket.servers.one.handler=upper",
					"socket.servers.one.limits.sessions=5", "socket.servers.one.timeouts.idle=soon",
					"socket.servers.two.port=0", "socket.servers.two.handler=upper",
					"socket.servers.two.inbound.capacity=0", "socket.servers.two.ssl.bundle=none",
					"socket.servers.two.limits.sesions=4");
			assertThatExceptionOfType(SettingsRefusedException.class)
				.isThrownBy(() -> ChangingApplication.apply(context, Verdict.APPLIED))
				.satisfies((refused) -> assertThat(refused.refused())
					.extracting((each) -> each.entry(), (each) -> each.key(), (each) -> each.value())
					.contains(Tuple.tuple("servers.one", "timeouts.idle", "soon"),
							Tuple.tuple("servers.two", "limits.sesions", "4"),
							Tuple.tuple("servers.two", "inbound.capacity", "0"),
							Tuple.tuple("servers.two", "ssl.bundle", "none")))
				.withMessageContaining("Origin: file - 4");
			Environments.set(context, "socket.servers.one.port=0", "socket.servers.one.handler=upper",
					"socket.servers.one.limits.sessions=5", "socket.servers.two.port=0",
					"socket.servers.two.handler=upper", "socket.servers.two.inbound.capacity=0",
					"socket.servers.two.ssl.bundle=none");
			assertThatExceptionOfType(SettingsRefusedException.class)
				.isThrownBy(() -> ChangingApplication.apply(context, Verdict.APPLIED))
				.satisfies((refused) -> assertThat(refused.refused())
					.extracting((each) -> each.entry(), (each) -> each.key(), (each) -> each.value())
					.containsExactlyInAnyOrder(Tuple.tuple("servers.two", "inbound.capacity", "0"),
							Tuple.tuple("servers.two", "ssl.bundle", "none")));
			assertThat(server(context, "one").spec().limits().sessions()).isEqualTo(10000);
			assertThat(context.getBean(SocketSettings.class).version()).isEqualTo(1);
		});
	}

	@Test
	void metersCountChanges() {
		ChangingApplication.with("socket.servers.upper.port=0")
			.withConfiguration(AutoConfigurations.of(SocketSettingsMetricsAutoConfiguration.class))
			.withBean(SimpleMeterRegistry.class)
			.run((context) -> {
				SimpleMeterRegistry registry = context.getBean(SimpleMeterRegistry.class);
				context.getBean(SocketSettingsMetrics.class).bindTo(registry);
				Gauge pending = registry.get("socket.settings.pending").gauge();
				Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=8",
						"socket.servers.upper.backlog=5");
				assertThat(pending.value()).isEqualTo(2);
				ChangingApplication.apply(context, Verdict.APPLIED);
				assertThat(pending.value()).isEqualTo(1);
				assertThat(registry.get("socket.settings.changes")
					.tags("verdict", "APPLIED", "outcome", "APPLIED")
					.counter()
					.count()).isEqualTo(1);
				Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=8");
				await().until(() -> pending.value() == 0);
			});
	}

	@Test
	void anOperatorsWishIsKept() {
		ChangingApplication.with(oneAndTwo()).run((context) -> {
			server(context, "one").stop();
			server(context, "two").pause();
			Environments.set(context,
					oneAndTwo("socket.server-defaults.backlog=9", "socket.server-defaults.limits.sessions=9"));
			assertThat(ChangingApplication.apply(context, Verdict.RESTART).applied()).hasSize(4);
			assertThat(server(context, "one").state()).isEqualTo(ServerState.STOPPED);
			assertThat(server(context, "two").state()).isEqualTo(ServerState.PAUSED);
			assertThat(server(context, "one").spec().backlog()).isEqualTo(9);
			assertThat(server(context, "two").spec().limits().sessions()).isEqualTo(9);
			assertThat(context.getBean(SocketSettings.class).plan().changes()).isEmpty();
			server(context, "one").start();
			try (TestPeer peer = TestPeer.connect(context, "one")) {
				assertThat(peer.ask("a")).isEqualTo("A");
			}
		});
	}

	@Test
	void aPortChangesItsOwnerInTwoSteps() {
		int port = Ports.free();
		ChangingApplication
			.with("socket.servers.one.port=" + port, "socket.servers.one.handler=upper", "socket.servers.two.port=0",
					"socket.servers.two.handler=upper")
			.run((context) -> {
				Environments.set(context, "socket.servers.one.port=0", "socket.servers.one.handler=upper",
						"socket.servers.two.port=" + port, "socket.servers.two.handler=upper");
				SettingsOutcome first = ChangingApplication.apply(context, Verdict.RESTART);
				assertThat(first.applied()).extracting(SettingsChange::entry).containsExactly("servers.one");
				assertThat(first.left()).extracting(SettingsChange::verdict).containsExactly(Verdict.REFUSED);
				assertThat(first.left().get(0).reason()).isEqualTo(
						"Server 'one' gives up port " + port + " in the same change: apply again when that is done");
				assertThat(ChangingApplication.apply(context, Verdict.RESTART).left()).isEmpty();
				assertThat(server(context, "two").port()).isEqualTo(port);

				Environments.set(context, "socket.servers.one.port=0", "socket.servers.one.handler=upper",
						"socket.servers.three.port=0", "socket.servers.three.handler=upper",
						"socket.servers.three.listeners.other.port=" + port);
				assertThat(ChangingApplication.apply(context, Verdict.REMOVE).left()).extracting(SettingsChange::entry)
					.containsExactly("servers.three");
				assertThat(ChangingApplication.apply(context, Verdict.REMOVE).left()).isEmpty();

				Environments.set(context, "socket.servers.one.port=0", "socket.servers.one.handler=upper",
						"socket.servers.one.listeners.new.port=" + port,
						"socket.servers.one.listeners.new.framing.type=line", "socket.servers.three.port=0",
						"socket.servers.three.handler=upper");
				assertThat(ChangingApplication.apply(context, Verdict.REMOVE).left())
					.extracting(SettingsChange::key, SettingsChange::verdict)
					.containsExactly(Tuple.tuple("listeners.new.framing.type", Verdict.REFUSED),
							Tuple.tuple("listeners.new.port", Verdict.REFUSED));
				assertThat(ChangingApplication.apply(context, Verdict.REMOVE).left()).isEmpty();
			});
	}

	@Test
	void oneRestartThatFailsTakesAllBack() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			int port = Ports.free();
			ChangingApplication
				.with("socket.servers.one.port=" + port, "socket.servers.one.handler=upper",
						"socket.servers.two.port=0", "socket.servers.two.handler=upper")
				.run((context) -> {
					Environments.set(context, "socket.servers.one.port=0", "socket.servers.one.handler=upper",
							"socket.servers.two.port=" + taken.getLocalPort(), "socket.servers.two.handler=upper",
							"socket.servers.three.port=0", "socket.servers.three.handler=upper");
					assertThatExceptionOfType(SettingsConflictException.class)
						.isThrownBy(() -> ChangingApplication.apply(context, Verdict.REMOVE));
					assertThat(server(context, "one").port()).isEqualTo(port);
					assertThat(server(context, "two").state()).isEqualTo(ServerState.RUNNING);
					assertThat(context.getBean(SocketServers.class).server("three")).isEmpty();
					assertThat(context.getBean(SocketSettings.class).plan().changes()).hasSize(3);
				});
		}
	}

	@Test
	void aFramingIsInheritedAsAWhole() {
		ChangingApplication.with("socket.servers.upper.port=0", "socket.server-defaults.framing=line")
			.run((context) -> {
				assertThat(settings(context, "upper").get("framing.type")).isEqualTo(new Setting("framing.type", "line",
						Source.DEFAULTS, "socket.server-defaults.framing", "file - 2", Verdict.NEW_SESSIONS));
				try (TestPeer old = TestPeer.connect(context, "upper")) {
					assertThat(old.ask("a")).isEqualTo("A");
					Environments.set(context, "socket.servers.upper.port=0", "socket.server-defaults.framing=line",
							"socket.servers.upper.framing.type=start-end", "socket.servers.upper.framing.start=<",
							"socket.servers.upper.framing.end=>");
					assertThat(ChangingApplication.apply(context, Verdict.NEW_SESSIONS).applied()).containsExactly(
							change("servers.upper", "framing.end", null, ">", Verdict.NEW_SESSIONS),
							change("servers.upper", "framing.start", null, "<", Verdict.NEW_SESSIONS),
							change("servers.upper", "framing.type", "line", "start-end", Verdict.NEW_SESSIONS));
					assertThat(old.ask("b")).isEqualTo("B");
					try (TestPeer young = TestPeer.connect(context, "upper")) {
						young.send("<c>");
						assertThat(young.end()).isEqualTo("<C>");
					}
				}
				assertThat(settings(context, "upper").get("framing.start").value()).isEqualTo("<");
			});
	}

	@Test
	void twoAtOnceAreOneTooMany() {
		ChangingApplication.with("socket.servers.upper.port=0").run((context) -> {
			SocketSettings settings = context.getBean(SocketSettings.class);
			AtomicReference<Throwable> second = new AtomicReference<>();
			ApplicationListener<?> nested = ApplicationListener.forPayload((SocketSettingsChangedEvent event) -> {
				Thread other = new Thread(() -> {
					try {
						ChangingApplication.apply(context, Verdict.APPLIED);
					}
					catch (RuntimeException ex) {
						second.set(ex);
					}
				});
				other.start();
				try {
					other.join();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			});
			context.getSourceApplicationContext().addApplicationListener(nested);
			Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=8");
			settings.apply(settings.plan(), Verdict.APPLIED);
			assertThat(second.get()).isInstanceOf(SettingsConflictException.class)
				.hasMessage("Another change of settings is under way");
		});
	}

	@Test
	void aServerWithAPlanDrainsByIt() {
		ChangingApplication
			.with("socket.servers.upper.port=0", "socket.servers.upper.drain.over=100ms",
					"socket.servers.upper.farewell=bye")
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "upper")) {
					assertThat(peer.ask("a")).isEqualTo("A");
					Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.drain.over=100ms",
							"socket.servers.upper.farewell=bye", "socket.servers.upper.backlog=4");
					ChangingApplication.apply(context, Verdict.RESTART);
					assertThat(peer.line()).isEqualTo("bye");
					assertThat(peer.read()).isNull();
				}
				assertThat(server(context, "upper").state()).isEqualTo(ServerState.RUNNING);
			});
	}

	@Test
	void anApplicationWhoseLastServerIsRemovedTakesTrafficAgain() {
		String plan = "socket.server-defaults.drain.over=1s";
		ChangingApplication.with(oneAndTwo(plan)).run((context) -> {
			List<Object> states = new CopyOnWriteArrayList<>();
			context.getSourceApplicationContext().addApplicationListener((ApplicationEvent event) -> {
				if (event instanceof AvailabilityChangeEvent<?> changed) {
					states.add(changed.getState());
				}
			});
			server(context, "one").drain(Duration.ZERO).get(Patience.seconds(), TimeUnit.SECONDS);

			ChangingApplication.change(context, Verdict.REMOVE, "socket.servers.one.port=0",
					"socket.servers.one.handler=upper", plan);
			assertThat(states).as("one was drained, too").containsExactly(ReadinessState.REFUSING_TRAFFIC);

			ChangingApplication.change(context, Verdict.REMOVE, plan);
			assertThat(states).containsExactly(ReadinessState.REFUSING_TRAFFIC, ReadinessState.ACCEPTING_TRAFFIC);
		});
	}

	@Test
	void keysOfTheApplicationAreRefused() {
		ChangingApplication.with("socket.servers.upper.port=0", "socket.event-loop-threads=2").run((context) -> {
			Environments.set(context, "socket.servers.upper.port=0", "socket.event-loop-threads=3");
			assertThat(context.getBean(SocketSettings.class).plan().changes())
				.containsExactly(new SettingsChange(null, "socket.event-loop-threads", "2", "3", Verdict.REFUSED,
						"The application must be restarted: the key is not that of a server or client"));
			assertThat(ChangingApplication.apply(context, Verdict.REMOVE).left()).hasSize(1);
		});
	}

	@Test
	void keysOfModulesAreRefusedAndThoseOfTheApplicationAreItsOwn() {
		ChangingApplication
			.with("socket.servers.upper.port=0", "socket.repl.password=old", "socket.repl.prompt=same",
					"socket.settings.on-refresh=off")
			.run((context) -> {
				SocketSettings settings = context.getBean(SocketSettings.class);
				assertThat(settings.plan().changes()).isEmpty();
				Environments.set(context, "socket.servers.upper.port=0", "socket.repl.password=new",
						"socket.repl.prompt=same", "socket.handler.mine=1", "socket.mine=1");
				assertThat(settings.plan().changes()).extracting("key", "from", "to", "verdict")
					.containsExactly(tuple("socket.repl.password", "******", "******", Verdict.REFUSED),
							tuple("socket.settings.on-refresh", "off", null, Verdict.REFUSED));
			});
	}

	@Test
	void openSessionsLearnWhatToDoWithoutAMethod() {
		ChangingApplication
			.with("socket.servers.words.port=0", "socket.servers.words.discriminator=word",
					"socket.servers.words.handler=words", "socket.servers.words.on-unmapped=ignore")
			.withUserConfiguration(Words.class)
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context, "words")) {
					assertThat(peer.send("OTHER\n").ask("HELLO")).isEqualTo("hello");
					for (int round = 0; round < 3; round++) {
						Environments.set(context, "socket.servers.words.port=0",
								"socket.servers.words.discriminator=word", "socket.servers.words.handler=words",
								"socket.servers.words.on-unmapped=ignore",
								"socket.servers.words.limits.sessions=" + (5 + round));
						ChangingApplication.apply(context, Verdict.APPLIED);
						assertThat(peer.send("OTHER\n").ask("HELLO")).isEqualTo("hello");
					}
					Environments.set(context, "socket.servers.words.port=0", "socket.servers.words.discriminator=word",
							"socket.servers.words.handler=words");
					ChangingApplication.apply(context, Verdict.APPLIED);
					peer.send("OTHER\n");
					assertThat(peer.read()).isNull();
				}
			});
	}

	@Test
	void aClientWhoseRestartIsTakenBackDoesAsBeforeWithoutAMethod() throws Exception {
		String words = "socket.clients.words.";
		String[] client = { words + "port=${local.socket.one.port}", words + "discriminator=word" };
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			ChangingApplication.with(oneAndTwo(client[0], client[1], words + "on-unmapped=ignore"))
				.withUserConfiguration(Words.class)
				.run((context) -> {
					Environments.set(context, oneAndTwo(client[0], client[1], words + "transport=nio",
							"socket.servers.three.handler=upper", "socket.servers.three.port=" + taken.getLocalPort()));
					assertThatExceptionOfType(SettingsConflictException.class)
						.isThrownBy(() -> ChangingApplication.apply(context, Verdict.CREATE));

					SocketServer one = server(context, "one");
					SocketClient restarted = context.getBean(SocketClients.class).get("words");
					await().until(() -> restarted.state() == ClientState.CONNECTED && isOnlySession(restarted, one)
							&& one.broadcast("OTHER") == 1);
					one.broadcast("HELLO");
					long lost = restarted.statistics().connected();
					WordsClient handler = context.getBean(WordsClient.class);
					await().until(() -> handler.greetings.get() == 1 || restarted.statistics().connected() != lost);
					assertThat(handler.greetings).hasValue(1);
				});
		}
	}

	/** Whether the server has noticed that former connections of the client are gone. */
	private static boolean isOnlySession(SocketClient client, SocketServer server) {
		return client.session()
			.filter((session) -> server.sessions()
				.map((each) -> each.remoteAddress().getPort())
				.toList()
				.equals(List.of(session.localAddress().getPort())))
			.isPresent();
	}

	@Test
	void allSessionsThatOpenLaterHaveTheVersion() {
		ChangingApplication.with(oneAndTwo()).run((context) -> {
			Environments.set(context, oneAndTwo("socket.servers.one.limits.sessions=9"));
			ChangingApplication.apply(context, Verdict.APPLIED);
			try (TestPeer peer = TestPeer.connect(context, "two")) {
				assertThat(peer.ask("a")).isEqualTo("A");
				assertThat(server(context, "two").sessions().findFirst().orElseThrow().settingsVersion()).isEqualTo(2);
			}
			assertThat(context.getBean(SocketSettings.class).plan().changes()).isEmpty();
		});
	}

	@Test
	void clientsChangeToo() {
		ChangingApplication.with(oneAndTwo("socket.clients.meter.port=${local.socket.one.port}")).run((context) -> {
			SocketClient meter = context.getBean(SocketClients.class).get("meter");
			assertThat(meter.ask("a", String.class, Patience.limit()).get()).isEqualTo("A");
			SocketSettings settings = context.getBean(SocketSettings.class);
			assertThat(settings.plan().changes()).isEmpty();
			Environments.set(context, oneAndTwo("socket.clients.meter.port=${local.socket.two.port}",
					"socket.clients.meter.reconnect.period=7s", "socket.clients.other.port=${local.socket.two.port}"));
			assertThat(ChangingApplication.apply(context, Verdict.NEW_SESSIONS).applied())
				.containsExactly(change("clients.meter", "reconnect.period", "1s", "7s", Verdict.APPLIED));
			assertThat(meter.spec().reconnect().period()).isEqualTo(Duration.ofSeconds(7));
			assertThat(ChangingApplication.apply(context, Verdict.CREATE).left()).isEmpty();
			assertThat(meter.ask("b", String.class, Patience.limit()).get()).isEqualTo("B");
			// The other has connected by itself, whenever that was.
			await().until(() -> server(context, "two").statistics().opened() == 2);
			assertThat(settings.of(meter)).filteredOn((setting) -> setting.key().equals("reconnect.period"))
				.containsExactly(new Setting("reconnect.period", "7s", Source.ENTRY,
						"socket.clients.meter.reconnect.period", "file - 6", Verdict.APPLIED));
			Environments.set(context, oneAndTwo());
			ChangingApplication.apply(context, Verdict.REMOVE);
			assertThat(context.getBean(SocketClients.class)).isEmpty();
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Words {

		@Bean
		WordsHandler words() {
			return new WordsHandler();
		}

		@Bean
		WordsClient wordsClient() {
			return new WordsClient();
		}

	}

	@SocketClientHandler("words")
	static class WordsClient {

		final AtomicInteger greetings = new AtomicInteger();

		@OnMessage("HELLO")
		void hello() {
			this.greetings.incrementAndGet();
		}

		@OnMessage("BYE")
		void bye() {
		}

	}

	@SocketHandler("words")
	static class WordsHandler {

		@OnMessage("HELLO")
		String hello() {
			return "hello";
		}

		@OnMessage("BYE")
		String bye() {
			return "bye";
		}

	}

}
