package dev.socketserver.autoconfigure.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.properties.ClientProperties;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.settings.table.SettingsTable;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClient.ConnectionState;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Changes each key of a client that has fifty connections open, and finds the effect that
 * is promised: the verdict, the new value, no connection that was lost, and counters that
 * add up.
 */
@Tag("long")
class EveryClientKeyChangedTests {

	private static final int SESSIONS = 50;

	private static final String METER = "socket.clients.meter.";

	private static final String SEVERAL = "socket.clients.several.";

	/** Keys of a client with several addresses. */
	private static final Set<String> OF_SEVERAL = Set.of("addresses", "select", "fail-back", "failures", "retry.period",
			"retry.max-period");

	/** Values of keys whose type does not say what is possible. */
	private static final Map<String, String> VALUES = Map.ofEntries(Map.entry("host", "localhost"),
			Map.entry("charset", "ISO-8859-1"), Map.entry("payload", "text"), Map.entry("attempt-delay", "77ms"),
			Map.entry("local-address", "127.0.0.1"), Map.entry("pool.size", "51"),
			Map.entry("threads.name", "{name} thread"), Map.entry("transport", "nio"),
			Map.entry("execution.mode", "pool"), Map.entry("requests", "one-at-a-time"),
			Map.entry("drain-timeout", "2s"), Map.entry("shutdown", "immediate"),
			Map.entry("outbound.overflow", "fail"), Map.entry("inbound.overflow", "close"),
			Map.entry("timeouts.on-frame", "discard"), Map.entry("on-unmapped", "ignore"),
			Map.entry("reconnect.jitter", "0.4"), Map.entry("handler", "pushes"), Map.entry("select", "round-robin"),
			Map.entry("fail-back", "77s"), Map.entry("ready", "heartbeat"), Map.entry("proxy.type", "http"),
			Map.entry("heartbeat.reply-timeout", "5s"), Map.entry("pool.key", "first"),
			Map.entry("reconnect.max-period", "77s"), Map.entry("options.multicast-interface", "lo"));

	/** What changes with a key that needs it. */
	private static final Map<String, List<String>> BESIDE = Map.ofEntries(
			Map.entry("heartbeat.timeout", List.of("heartbeat.period=7s")),
			Map.entry("heartbeat.reply", List.of("heartbeat.period=7s")),
			Map.entry("heartbeat.reply-timeout", List.of("heartbeat.period=7s", "heartbeat.reply=alive")),
			Map.entry("ready", List.of("heartbeat.period=7s", "heartbeat.reply=alive")),
			Map.entry("ready-timeout", List.of("ready=heartbeat", "heartbeat.period=7s", "heartbeat.reply=alive")),
			Map.entry("requests-late", List.of("requests=one-at-a-time")),
			Map.entry("proxy.type", List.of("proxy.host=localhost", "proxy.port=1")),
			Map.entry("proxy.host", List.of("proxy.type=http", "proxy.port=1")),
			Map.entry("proxy.port", List.of("proxy.type=http", "proxy.host=localhost")));

	/**
	 * What needs a bean, UDP or another handler, or has a handler in place of none, and
	 * fails the start or needs another.
	 */
	private static final Set<String> REFUSED = Set.of("correlator", "domain-socket.path", "execution.executor",
			"handler", "options.multicast-interface", "options.multicast-loop", "options.multicast-ttl", "pool.key",
			"requests-reply", "udp.broadcast");

	/** Framings and bundles have tests of their own, and entries come and go. */
	private static final Set<String> ELSEWHERE = Set.of("framing", "enabled", "ssl.bundle", "ssl.mode",
			"ssl.server-name", "heartbeat.answer");

	private final int port = Ports.free();

	private final List<String> base = List.of("socket.servers.upper.port=" + this.port,
			"socket.servers.upper.handler=upper", METER + "port=" + this.port, METER + "pool.size=" + SESSIONS,
			METER + "heartbeat.message=beat", SEVERAL + "addresses=127.0.0.1:" + this.port,
			SEVERAL + "pool.size=" + SESSIONS);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketSettingsAutoConfiguration.class))
		.withUserConfiguration(UpperHandler.class)
		.withInitializer((context) -> Environments.set(context, this.base.toArray(String[]::new)));

	private Map<String, String> values() {
		Map<String, String> values = new LinkedHashMap<>(
				new ChangedValues(Section.CLIENTS).of(ClientProperties.class, Set.of("absent"), VALUES));
		values.keySet().removeIf((key) -> ELSEWHERE.contains(key) || key.startsWith("heartbeat.answer"));
		values.put("port", String.valueOf(Ports.free()));
		values.put("addresses", "127.0.0.1:%1$s,localhost:%1$s".formatted(this.port));
		// The connection that is too many in the end is replaced by none.
		values.put("pool.size", values.remove("pool.size"));
		return values;
	}

	@Test
	void eachKeyDoesWhatIsPromised() {
		this.runner.run((context) -> {
			SocketSettings settings = context.getBean(SocketSettings.class);
			SocketClient meter = connected(context.getBean(SocketClients.class).get("meter"));
			SocketClient several = connected(context.getBean(SocketClients.class).get("several"));
			SettingsTable table = new SettingsTable();
			Map<String, String> surprises = new LinkedHashMap<>();
			values().forEach((key, value) -> {
				SocketClient client = OF_SEVERAL.contains(key) ? several : meter;
				Verdict promised = REFUSED.contains(key) ? Verdict.REFUSED : table.row(Section.CLIENTS, key).verdict();
				String surprise = new PromisedChange((client == several) ? SEVERAL : METER, key, value, promised,
						BESIDE.getOrDefault(key, List.of()))
					.surprise(context, this.base, () -> settings.of(client), () -> lost(client));
				if (surprise != null) {
					surprises.put(key + "=" + value, surprise);
				}
			});
			assertThat(surprises).isEmpty();
		});
	}

	private static SocketClient connected(SocketClient client) {
		Patience.within(() -> assertThat(client.connections(ConnectionState.READY)).isEqualTo(SESSIONS));
		return client;
	}

	private static @Nullable String lost(SocketClient client) {
		List<CompletableFuture<String>> replies = client.connections()
			.stream()
			.map((session) -> session.ask("still here", String.class, Patience.limit()))
			.toList();
		for (CompletableFuture<String> reply : replies) {
			if (!"STILL HERE".equals(reply.handle((text, failure) -> text).join())) {
				return "a connection was lost";
			}
		}
		boolean even = client.statistics().closed().isEmpty() && client.statistics().connected() >= SESSIONS
				&& replies.size() >= SESSIONS;
		return even ? null : "the counters do not add up: " + client.statistics();
	}

}
