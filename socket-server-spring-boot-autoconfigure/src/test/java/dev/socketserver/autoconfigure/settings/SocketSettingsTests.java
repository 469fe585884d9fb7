package dev.socketserver.autoconfigure.settings;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.registration.SocketServerSpecCustomizer;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.TestPeer;
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
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SocketSettings}.
 */
class SocketSettingsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketSettingsAutoConfiguration.class))
		.withUserConfiguration(UpperHandler.class);

	private ApplicationContextRunner with(String... pairs) {
		return this.runner.withInitializer((context) -> Environments.set(context, pairs));
	}

	private static Map<String, Setting> settings(ConfigurableApplicationContext context, String server) {
		return context.getBean(SocketSettings.class)
			.of(server(context, server))
			.stream()
			.collect(Collectors.toMap(Setting::key, Function.identity()));
	}

	private static SocketServer server(ConfigurableApplicationContext context, String name) {
		return context.getBean(SocketServers.class).get(name);
	}

	private static SettingsOutcome apply(ConfigurableApplicationContext context, Verdict most) {
		SocketSettings settings = context.getBean(SocketSettings.class);
		return settings.apply(settings.plan(), most);
	}

	private static SettingsChange change(String entry, String key, String from, String to, Verdict verdict) {
		return new SettingsChange(entry, key, from, to, verdict, null);
	}

	@Test
	void eachValueSaysWhereItIsFrom() {
		with("socket.servers.upper.port=0", "socket.servers.upper.framing.type=line",
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

	@Test
	void aCustomizerIsNamed() {
		with("socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=7")
			.withBean("nine", SocketServerSpecCustomizer.class, () -> (name, spec) -> spec.limits((l) -> l.sessions(9)))
			.run((context) -> assertThat(settings(context, "upper").get("limits.sessions"))
				.isEqualTo(new Setting("limits.sessions", "9", Source.CUSTOMIZER, null, "nine", Verdict.APPLIED)));
	}

	@Test
	void aServerOfTheApplicationIsItsOwn() {
		with("socket.servers.upper.port=0").run((context) -> {
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
				.containsExactly(org.assertj.core.groups.Tuple.tuple("servers.code", Verdict.REFUSED,
						"The application has registered a server of that name itself"));
		});
	}

	@Test
	void equalValuesAreNoChange() {
		with("socket.servers.upper.port=0", "socket.servers.upper.timeouts.frame=20s",
				"socket.servers.upper.limits.frame=1KB")
			.run((context) -> {
				Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.timeouts.frame=20000",
						"socket.servers.upper.limits.frame=1024", "socket.servers.upper.timeouts.write=30000");
				assertThat(context.getBean(SocketSettings.class).plan().changes()).isEmpty();
			});
	}

	@Test
	void aChangeIsPlannedAndMadeUpToAVerdict() {
		with("socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=7").run((context) -> {
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.ask("a")).isEqualTo("A");
				Environments.set(context, "socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=8",
						"socket.servers.upper.limits.frame=3", "socket.servers.upper.backlog=5");
				SocketSettings settings = context.getBean(SocketSettings.class);
				SettingsPlan plan = settings.plan();
				SettingsChange sessions = change("servers.upper", "limits.sessions", "7", "8", Verdict.APPLIED);
				SettingsChange frame = change("servers.upper", "limits.frame", null, "3", Verdict.NEW_SESSIONS);
				SettingsChange backlog = change("servers.upper", "backlog", null, "5", Verdict.RESTART);
				assertThat(plan).isEqualTo(new SettingsPlan(1, List.of(backlog, frame, sessions)));

				SettingsOutcome outcome = apply(context, Verdict.NEW_SESSIONS);

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
				assertThat(server(context, "upper").sessions().anyMatch((session) -> session.settingsVersion() == 2))
					.isTrue();
			}
		});
	}

	@Test
	void anInheritedChangeReachesAllWhoInheritIt() {
		with("socket.servers.one.port=0", "socket.servers.one.handler=upper", "socket.servers.two.port=0",
				"socket.servers.two.handler=upper", "socket.servers.two.timeouts.idle=5s")
			.run((context) -> {
				Environments.set(context, "socket.servers.one.port=0", "socket.servers.one.handler=upper",
						"socket.servers.two.port=0", "socket.servers.two.handler=upper",
						"socket.servers.two.timeouts.idle=5s", "socket.server-defaults.timeouts.idle=9s");
				SocketSettings settings = context.getBean(SocketSettings.class);
				SettingsPlan plan = settings.plan();
				SettingsOutcome outcome = settings.apply(plan, Verdict.NEW_SESSIONS);
				assertThat(outcome.applied())
					.containsExactly(change("servers.one", "timeouts.idle", null, "9s", Verdict.APPLIED));
				assertThat(server(context, "one").spec().session().timeouts().idle()).isEqualTo(Duration.ofSeconds(9));
				assertThat(server(context, "two").spec().session().timeouts().idle()).isEqualTo(Duration.ofSeconds(5));
				assertThat(settings(context, "one").get("timeouts.idle").from()).isEqualTo(Source.DEFAULTS);
			});
	}

	@Test
	void serversComeAndGo() {
		with("socket.servers.one.port=0", "socket.servers.one.handler=upper").run((context) -> {
			Environments.set(context, "socket.servers.two.port=0", "socket.servers.two.handler=upper");
			assertThat(apply(context, Verdict.REMOVE).applied()).containsExactly(
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
		with("socket.servers.upper.port=0").run((context) -> {
			Environments.set(context, "socket.servers.upper.port=" + port);
			assertThat(apply(context, Verdict.RESTART).version()).isEqualTo(2);
			assertThat(server(context, "upper").port()).isEqualTo(port);
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.ask("a")).isEqualTo("A");
			}
		});
	}

	@Test
	void aRestartThatCannotListenIsTakenBack() throws Exception {
		int port = Ports.free();
		try (java.net.ServerSocket taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
			with("socket.servers.upper.port=" + port, "socket.servers.upper.limits.sessions=7").run((context) -> {
				Environments.set(context, "socket.servers.upper.port=" + taken.getLocalPort(),
						"socket.servers.upper.limits.sessions=8");
				assertThatExceptionOfType(SettingsConflictException.class)
					.isThrownBy(() -> apply(context, Verdict.RESTART))
					.withMessageContaining("Property socket.servers.upper.port is '" + taken.getLocalPort()
							+ "', and another socket already uses that port")
					.withMessageEndingWith("Everything is as it was.");
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
	void allMistakesAreToldAndNothingIsDone() {
		with("socket.servers.one.port=0", "socket.servers.one.handler=upper", "socket.servers.two.port=0",
				"socket.servers.two.handler=upper")
			.run((context) -> {
				Environments.set(context, "socket.servers.one.port=0", "socket.servers.one.handler=upper",
						"socket.servers.one.limits.sessions=5", "socket.servers.one.timeouts.idle=soon",
						"socket.servers.two.port=0", "socket.servers.two.handler=upper",
						"socket.servers.two.inbound.capacity=0", "socket.servers.two.ssl.bundle=none",
						"socket.servers.two.limits.sesions=4");
				assertThatExceptionOfType(SettingsRefusedException.class)
					.isThrownBy(() -> apply(context, Verdict.APPLIED))
					.satisfies((refused) -> assertThat(refused.refused())
						.extracting((each) -> each.entry(), (each) -> each.key(), (each) -> each.value())
						.contains(org.assertj.core.groups.Tuple.tuple("servers.one", "timeouts.idle", "soon"),
								org.assertj.core.groups.Tuple.tuple("servers.two", "limits.sesions", "4")))
					.withMessageContaining("Origin: file - 4");
				Environments.set(context, "socket.servers.one.port=0", "socket.servers.one.handler=upper",
						"socket.servers.one.limits.sessions=5", "socket.servers.two.port=0",
						"socket.servers.two.handler=upper", "socket.servers.two.inbound.capacity=0",
						"socket.servers.two.ssl.bundle=none");
				assertThatExceptionOfType(SettingsRefusedException.class)
					.isThrownBy(() -> apply(context, Verdict.APPLIED))
					.satisfies((refused) -> assertThat(refused.refused())
						.extracting((each) -> each.entry(), (each) -> each.key(), (each) -> each.value())
						.containsExactlyInAnyOrder(
								org.assertj.core.groups.Tuple.tuple("servers.two", "inbound.capacity", "0"),
								org.assertj.core.groups.Tuple.tuple("servers.two", "ssl.bundle", "none")));
				assertThat(server(context, "one").spec().limits().sessions()).isEqualTo(10000);
				assertThat(context.getBean(SocketSettings.class).version()).isEqualTo(1);
			});
	}

}
