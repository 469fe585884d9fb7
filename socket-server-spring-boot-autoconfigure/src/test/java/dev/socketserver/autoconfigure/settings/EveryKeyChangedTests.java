package dev.socketserver.autoconfigure.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerDefaults;
import dev.socketserver.autoconfigure.settings.table.SettingsTable;
import dev.socketserver.fixtures.EdgeValues;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.settings.Setting;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Changes each key that servers inherit while fifty sessions are open, and finds the
 * effect that is promised: the verdict, the new value, no session that was cut, and
 * counters that add up.
 */
@Tag("long")
class EveryKeyChangedTests {

	private static final int SESSIONS = 50;

	/** Values of keys whose type does not say what is possible. */
	private static final Map<String, String> VALUES = Map.ofEntries(Map.entry("address", "localhost"),
			Map.entry("charset", "ISO-8859-1"), Map.entry("payload", "text"), Map.entry("farewell", "bye"),
			Map.entry("rate.messages", "100000/s"), Map.entry("rate.bytes", "100MB/s"),
			Map.entry("limits.allow", "127.0.0.0/8"), Map.entry("limits.deny", "192.0.2.1"),
			Map.entry("limits.alarm", "70%"), Map.entry("ban.reasons", "PROTOCOL_ERROR"),
			Map.entry("ban.exempt", "127.0.0.1"), Map.entry("threads.name", "{name} thread"),
			Map.entry("transport", "nio"), Map.entry("execution.mode", "pool"), Map.entry("limits.sessions", "77"),
			Map.entry("requests", "one-at-a-time"), Map.entry("ssl.client-auth", "want"),
			Map.entry("drain-timeout", "2s"), Map.entry("shutdown", "immediate"), Map.entry("limits.on-full", "wait"),
			Map.entry("outbound.overflow", "block"), Map.entry("inbound.overflow", "close"),
			Map.entry("timeouts.on-frame", "discard"), Map.entry("on-unmapped", "ignore"),
			Map.entry("rate.on-exceeded", "drop"), Map.entry("login.by", "identity"),
			Map.entry("drain.order", "oldest"), Map.entry("ip-family", "ipv4"),
			Map.entry("proxy-protocol.trusted", "127.0.0.1"), Map.entry("ssl.handshake-timeout", "9s"),
			Map.entry("ssl.mode", "on-request"), Map.entry("start.on-failure", "warn"), Map.entry("ban.max-for", "2d"),
			Map.entry("heartbeat.reply-timeout", "5s"));

	/** What needs a bean, another framing or another key, and fails the start alone. */
	private static final Set<String> REFUSED = Set.of("correlator", "discriminator", "execution.executor",
			"requests-reply", "ssl.bundle", "requests-late", "heartbeat.period", "heartbeat.reply",
			"proxy-protocol.mode");

	/** Framings have tests of their own, and entries come and go. */
	private static final Set<String> ELSEWHERE = Set.of("framing", "enabled", "ssl.sni", "heartbeat.answer");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketSettingsAutoConfiguration.class))
		.withUserConfiguration(UpperHandler.class)
		.withInitializer((context) -> Environments.set(context, "socket.servers.upper.port=0"));

	private static Map<String, String> values() {
		Map<String, String> values = new TreeMap<>();
		EdgeValues.keys("", ServerDefaults.class, Set.of("blocks", "absent", "framing")).forEach((key, type) -> {
			if (!ELSEWHERE.contains(key) && !key.startsWith("ssl.sni") && !key.startsWith("heartbeat.answer")) {
				values.put(key, VALUES.getOrDefault(key, value(key, type)));
			}
		});
		return values;
	}

	private static String value(String key, Class<?> type) {
		if (type == Boolean.class) {
			String builtIn = new SettingsTable().row(Section.SERVERS, key).builtIn();
			return String.valueOf(!builtIn.equals("true"));
		}
		if (type == Integer.class) {
			return "88";
		}
		if (type == Duration.class) {
			return "77s";
		}
		if (type == DataSize.class) {
			return "77KB";
		}
		return type.isEnum() ? type.getEnumConstants()[1].toString().toLowerCase(java.util.Locale.ROOT) : "one";
	}

	@Test
	void eachKeyDoesWhatIsPromised() {
		this.runner.run((context) -> {
			SocketSettings settings = context.getBean(SocketSettings.class);
			SettingsTable table = new SettingsTable();
			List<TestPeer> peers = new ArrayList<>();
			Map<String, String> surprises = new LinkedHashMap<>();
			try {
				for (int i = 0; i < SESSIONS; i++) {
					peers.add(TestPeer.connect(context, "upper"));
				}
				for (Map.Entry<String, String> each : values().entrySet()) {
					String key = each.getKey();
					Verdict promised = table.row(Section.SERVERS, key).verdict();
					Environments.set(context, "socket.servers.upper.port=0",
							"socket.server-defaults." + key + "=" + each.getValue());
					String surprise = surprise(context, settings, key, each.getValue(), promised, peers);
					if (surprise != null) {
						surprises.put(key + "=" + each.getValue(), surprise);
					}
					Environments.set(context, "socket.servers.upper.port=0");
					SettingsOutcome back = settings.apply(settings.plan(), Verdict.NEW_SESSIONS);
					if (!back.left().isEmpty()) {
						surprises.put(key, "not taken back: " + back.left());
					}
				}
			}
			finally {
				for (TestPeer peer : peers) {
					peer.close();
				}
			}
			assertThat(surprises).isEmpty();
		});
	}

	private static String surprise(ConfigurableApplicationContext context, SocketSettings settings, String key,
			String value, Verdict promised, List<TestPeer> peers) throws Exception {
		List<SettingsChange> changes = settings.plan().changes();
		if (REFUSED.contains(key)) {
			boolean refused = changes.stream().anyMatch((change) -> change.verdict() == Verdict.REFUSED);
			return refused ? null : "not refused: " + changes;
		}
		if (changes.size() != 1) {
			return "planned: " + changes;
		}
		SettingsChange change = changes.get(0);
		if (change.verdict() != promised || !Objects.equals(change.to(), value)) {
			return "planned: " + change;
		}
		if (promised.compareTo(Verdict.NEW_SESSIONS) > 0) {
			return null;
		}
		SocketServer server = context.getBean(SocketServers.class).get("upper");
		long version = settings.version();
		SettingsOutcome outcome = settings.apply(settings.plan(), promised);
		if (outcome.version() != version + 1) {
			return "made: " + outcome;
		}
		for (Setting setting : settings.of(server)) {
			if (setting.key().equals(key)
					&& (!value.equals(setting.value()) || setting.from() != Setting.Source.DEFAULTS)) {
				return "in force: " + setting;
			}
		}
		for (TestPeer peer : peers) {
			if (!"STILL HERE".equals(peer.ask("still here"))) {
				return "a session was cut";
			}
		}
		boolean even = server.statistics().opened() == SESSIONS && server.statistics().active() == SESSIONS
				&& server.sessions().count() == SESSIONS;
		return even ? null : "the counters do not add up: " + server.statistics();
	}

}
