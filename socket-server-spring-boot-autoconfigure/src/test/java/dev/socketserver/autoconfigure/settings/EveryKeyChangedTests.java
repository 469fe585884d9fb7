package dev.socketserver.autoconfigure.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerDefaults;
import dev.socketserver.autoconfigure.settings.table.SettingsTable;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Changes each key that servers inherit while fifty sessions are open, and finds the
 * effect that is promised: the verdict, the new value, no session that was cut, and
 * counters that add up.
 */
@Tag("long")
class EveryKeyChangedTests {

	private static final List<String> BASE = List.of("socket.servers.upper.port=0");

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
		Map<String, String> values = new ChangedValues(Section.SERVERS).of(ServerDefaults.class,
				Set.of("blocks", "absent", "framing"), VALUES);
		values.keySet()
			.removeIf((key) -> ELSEWHERE.contains(key) || key.startsWith("ssl.sni")
					|| key.startsWith("heartbeat.answer"));
		return values;
	}

	@Test
	void eachKeyDoesWhatIsPromised() {
		this.runner.run((context) -> {
			SocketServer server = context.getBean(SocketServers.class).get("upper");
			SettingsTable table = new SettingsTable();
			Map<String, String> surprises = new LinkedHashMap<>();
			try (OpenSessions sessions = new OpenSessions(context, server)) {
				values().forEach((key, value) -> {
					Verdict promised = REFUSED.contains(key) ? Verdict.REFUSED
							: table.row(Section.SERVERS, key).verdict();
					String surprise = new PromisedChange(Section.DEFAULTS + ".", key, value, promised, List.of())
						.surprise(context, BASE, () -> context.getBean(SocketSettings.class).of(server),
								sessions::lost);
					if (surprise != null) {
						surprises.put(key + "=" + value, surprise);
					}
				});
			}
			assertThat(surprises).isEmpty();
		});
	}

}
