package dev.socketserver.autoconfigure.settings.every;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.settings.ChangingApplication;
import dev.socketserver.autoconfigure.settings.table.Row;
import dev.socketserver.autoconfigure.settings.table.SettingsTable;
import dev.socketserver.autoconfigure.settings.table.SpecValues;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.fixtures.network.UnixPeer;
import dev.socketserver.settings.Verdict;
import dev.socketserver.spec.listen.Udp;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Changes each key of a server that needs a restart, and has the restart made: the server
 * works with the new value, and as before when that is gone.
 */
@Tag("long")
class EveryRestartTests {

	private static final String UPPER = "socket.servers.upper.";

	private static final Map<String, String> VALUES = Map.ofEntries(Map.entry("address", "localhost"),

			Map.entry("execution.mode", "event-loop"), Map.entry("ip-family", "ipv4"),
			Map.entry("start.on-failure", "warn"), Map.entry("udp.groups", "239.1.2.3"),
			Map.entry("domain-socket.mode", "0660"), Map.entry("domain-socket.group", "0"),
			Map.entry("domain-socket.allow-users", "0"), Map.entry("domain-socket.allow-groups", "0"),
			Map.entry("port", String.valueOf(Ports.free())));

	/** Sockets of systemd come with the process. */
	private static final Set<String> OF_THE_PROCESS = Set.of("inherit");

	@TempDir
	private Path directory;

	private List<String> base(String key) {
		if (key.startsWith("domain-socket.") && !key.endsWith(".path")) {
			return List.of(UPPER + "domain-socket.path=" + this.directory.resolve("one"));
		}
		return key.startsWith("udp.") ? List.of(UPPER + "port=0", UPPER + "protocol=udp", UPPER + "address=any")
				: List.of(UPPER + "port=0");
	}

	private List<String> changed(String key, String value) {
		List<String> changed = new ArrayList<>(base(key));
		if (key.equals("domain-socket.path")) {
			changed.clear();
		}
		changed.removeIf((pair) -> pair.startsWith(UPPER + key + "="));
		changed.add(UPPER + key + "=" + value);
		return changed;
	}

	@Test
	void serverWorksWithTheNewValue() {
		Map<String, String> values = new ChangedValues(Section.SERVERS).of(ServerProperties.class,
				Set.of("blocks", "absent", "inherited", "listeners"), VALUES);
		values.put("domain-socket.path", this.directory.resolve("another").toString());
		values.keySet().removeAll(OF_THE_PROCESS);
		SettingsTable table = new SettingsTable();
		values.keySet().removeIf((key) -> table.row(Section.SERVERS, key).verdict() != Verdict.RESTART);
		Map<String, String> surprises = new LinkedHashMap<>();
		ChangingApplication.with(UPPER + "port=0")
			.withUserConfiguration(BeansOfKeys.class)
			.run((context) -> values.forEach((key, value) -> {
				String surprise = surprise(context, table.row(Section.SERVERS, key), value);
				if (surprise != null) {
					surprises.put(key + "=" + value, surprise);
				}
			}));
		assertThat(surprises).isEmpty();
	}

	private @Nullable String surprise(ConfigurableApplicationContext context, Row row, String value) {
		try {
			apply(context, base(row.key()));
			Instant first = server(context).startedAt();
			String before = new SpecValues(server(context).spec()).text(row);
			apply(context, changed(row.key(), value));
			boolean kept = row.key().startsWith("start.");
			if (Objects.equals(server(context).startedAt(), first) != kept) {
				return kept ? "was restarted" : "was not restarted";
			}
			String now = new SpecValues(server(context).spec()).text(row);
			if (!row.path().isEmpty() && String.valueOf(before).equals(now)) {
				return "without effect: " + now;
			}
			String reply = ask(context);
			apply(context, List.of(UPPER + "port=0"));
			return (reply.equals("A") && ask(context).equals("A")) ? null : "replies " + reply;
		}
		catch (IOException | RuntimeException ex) {
			return ex.toString();
		}
	}

	private static void apply(ConfigurableApplicationContext context, List<String> file) {
		assertThat(ChangingApplication.change(context, Verdict.RESTART, file.toArray(String[]::new)).left()).isEmpty();
	}

	private static SocketServer server(ConfigurableApplicationContext context) {
		return context.getBean(SocketServers.class).get("upper");
	}

	private static String ask(ConfigurableApplicationContext context) throws IOException {
		String path = context.getEnvironment().getProperty("local.socket.upper.path");
		if (path != null) {
			try (UnixPeer peer = UnixPeer.connect(Path.of(path))) {
				return peer.ask("a");
			}
		}
		int port = server(context).port();
		if (server(context).spec().listenOn() instanceof Udp) {
			try (DatagramPeer peer = new DatagramPeer(new InetSocketAddress("127.0.0.1", port))) {
				return peer.ask("a");
			}
		}
		try (TestPeer peer = TestPeer.connect(port)) {
			return peer.ask("a");
		}
	}

}
