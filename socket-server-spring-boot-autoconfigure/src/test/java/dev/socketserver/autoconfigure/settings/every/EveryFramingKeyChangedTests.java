package dev.socketserver.autoconfigure.settings.every;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.framing.FramingProperties;
import dev.socketserver.autoconfigure.framing.FramingType;
import dev.socketserver.autoconfigure.settings.ChangingApplication;
import dev.socketserver.autoconfigure.settings.Environments;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.EdgeValues;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.framing.Framing;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.SettingsRefusedException;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Changes each key of each framing while fifty sessions are open: new sessions have the
 * other framing, those that are open keep theirs, and the counters add up.
 */
@Tag("long")
class EveryFramingKeyChangedTests {

	private static final String PORT = "socket.servers.upper.port=";

	/** What a framing must have. */
	private static final Map<FramingType, List<String>> REQUIRED = Map.of(FramingType.DELIMITER,
			List.of("delimiters=hex:0a"), FramingType.START_END, List.of("start=hex:02", "end=hex:03"),
			FramingType.FIXED, List.of("size=8"), FramingType.SWITCH,
			List.of("cases[0].prefix=hex:00", "cases[0].framing=line"));

	/** Keys of several types: each with its other value, and what it needs besides. */
	private static final List<List<String>> OF_ALL = List.of(List.of("skip=hex:7f"), List.of("switchable=true"));

	private static final List<List<String>> ON_BAD = List.of(List.of("on-bad=skip"));

	private static final List<List<String>> ON_BAD_WITH_SYNC = List
		.of(List.of("on-bad=skip", "sync=hex:aa", "offset=1"));

	private static final List<List<String>> ESCAPE_BY_MARK = List.of(
			List.of("escape.mark=hex:7e", "escape.mark=hex:7d", "escape.mask=hex:20"),
			List.of("escape.mask=hex:40", "escape.mask=hex:20", "escape.mark=hex:7d"));

	private static final List<List<String>> ESCAPE_BY_PAIRS = List.of(
			List.of("escape[1].from=hex:7c", "escape[1].from=hex:7b", "escape[1].to=hex:7d02", "escape[0].from=hex:7d",
					"escape[0].to=hex:7d01"),
			List.of("escape[1].to=hex:7d03", "escape[1].to=hex:7d02", "escape[1].from=hex:7b", "escape[0].from=hex:7d",
					"escape[0].to=hex:7d01"));

	private static final List<List<String>> CHECKSUM = List.of(List.of("checksum.type=crc16-modbus"),
			List.of("checksum.form=hex", "checksum.type=xor8"),
			List.of("checksum.byte-order=little", "checksum.type=crc32"),
			List.of("checksum.at=4", "checksum.type=xor8"), List.of("checksum.from=1", "checksum.type=xor8"),
			List.of("checksum.to=6", "checksum.type=xor8"), List.of("checksum.strip=false", "checksum.type=xor8"),
			List.of("checksum.on-bad=skip", "checksum.type=xor8"),
			List.of("checksum.reply=hex:15", "checksum.type=xor8", "checksum.on-bad=skip"));

	private static final Map<FramingType, List<List<String>>> CHANGES = Map.of(FramingType.LINE,
			all(OF_ALL, ON_BAD, ESCAPE_BY_MARK, ESCAPE_BY_PAIRS, CHECKSUM,
					List.of(List.of("ending=crlf"), List.of("strict=true"), List.of("lone-cr=true"),
							List.of("embedded=reject"), List.of("samples=hex:610a"))),
			FramingType.LENGTH_FIELD,
			all(OF_ALL, ON_BAD_WITH_SYNC, ESCAPE_BY_MARK, ESCAPE_BY_PAIRS, CHECKSUM,
					List.of(List.of("offset=2"), List.of("width=2"), List.of("encoding=hex"),
							List.of("byte-order=little"), List.of("mask=hex:7fffffff"), List.of("adjust=-4"),
							List.of("strip=0"), List.of("terminator=hex:0a"), List.of("zero=ignore"),
							List.of("on-send=none"), List.of("after=hex:ce"), List.of("sync=hex:aa", "offset=1"),
							List.of("samples=hex:0000000161"))),
			FramingType.DELIMITER,
			all(OF_ALL, ON_BAD, ESCAPE_BY_MARK, ESCAPE_BY_PAIRS, CHECKSUM,
					List.of(List.of("delimiters=hex:0d"), List.of("keep=true"), List.of("after=1"),
							List.of("embedded=reject"), List.of("samples=hex:610a"))),
			FramingType.START_END,
			all(OF_ALL, ON_BAD, ESCAPE_BY_MARK, ESCAPE_BY_PAIRS, CHECKSUM,
					List.of(List.of("start=hex:01"), List.of("end=hex:04"), List.of("resync=false"),
							List.of("restart=true"), List.of("after=1"), List.of("embedded=reject"),
							List.of("samples=hex:026103"))),
			FramingType.FIXED,
			all(OF_ALL, CHECKSUM,
					List.of(List.of("on-bad=skip", "sync=hex:aa"), List.of("size=9"), List.of("sync=hex:aa"),
							List.of("samples=hex:6161616161616161"))),
			FramingType.HEADER_BLOCK,
			all(OF_ALL,
					List.of(List.of("length-header=l"), List.of("after=hex:00"),
							List.of("samples=hex:436f6e74656e742d4c656e6774683a20300d0a0d0a"))),
			FramingType.COUNTED,
			all(OF_ALL,
					List.of(List.of("ending=lf"), List.of("word=0"), List.of("when=put"),
							List.of("ignore-case=true", "when=put"), List.of("after=0"),
							List.of("samples=hex:7075740d0a", "when=get"))),
			FramingType.SWITCH,
			all(OF_ALL, ESCAPE_BY_PAIRS,
					List.of(List.of("cases[0].prefix=hex:01"), List.of("cases[0].framing=mllp"),
							List.of("otherwise=mllp"), List.of("samples=hex:00610a"))),
			FramingType.RAW, List.of(List.of("switchable=true")));

	/** The keys that a type refuses. */
	private static final Map<FramingType, Set<String>> WITHOUT = Map.of(FramingType.FIXED, Set.of("escape"),
			FramingType.HEADER_BLOCK, Set.of("escape", "on-bad"), FramingType.COUNTED, Set.of("escape", "on-bad"),
			FramingType.SWITCH, Set.of("on-bad"), FramingType.RAW, Set.of("escape", "on-bad", "samples", "skip"));

	private final int port = Ports.free();

	private ApplicationContextRunner runner(String... file) {
		return ChangingApplication.with(file);
	}

	@SafeVarargs
	private static List<List<String>> all(List<List<String>>... parts) {
		List<List<String>> all = new ArrayList<>();
		for (List<List<String>> part : parts) {
			all.addAll(part);
		}
		return all;
	}

	@Test
	void newSessionsHaveTheOtherFraming() {
		runner(PORT + "0").run((context) -> {
			SocketServer server = context.getBean(SocketServers.class).get("upper");
			try (OpenSessions sessions = new OpenSessions(server)) {
				Map<String, String> surprises = surprises(context, List.of(PORT + "0"), "socket.servers.upper.framing.",
						() -> server.spec().framing(), sessions::lost);
				// Its handler needs whole texts.
				assertThat(surprises).containsOnlyKeys("raw [switchable=true]");
			}
		});
	}

	@Test
	void newConnectionsHaveTheOtherFraming() {
		String client = "socket.clients.meter.";
		String[] file = { PORT + this.port, client + "port=" + this.port, client + "pool.size=50" };
		runner(file).run((context) -> {
			OpenConnections meter = new OpenConnections(context.getBean(SocketClients.class).get("meter"), 50);
			assertThat(surprises(context, List.of(file), client + "framing.",
					() -> meter.client().spec().session().framing(), meter::lost))
				.isEmpty();
		});
	}

	@Test
	void noKeyIsLeftOut() {
		for (FramingType type : FramingType.values()) {
			Set<String> keys = new TreeSet<>(type.keys());
			keys.removeAll(WITHOUT.getOrDefault(type, Set.of()));
			assertThat(CHANGES.get(type)).as(type.word())
				.extracting((change) -> change.get(0).split("[.=\\[]")[0])
				.containsAll(keys);
		}
		assertThat(CHECKSUM).extracting((change) -> change.get(0).split("=")[0])
			.containsExactlyInAnyOrderElementsOf(
					EdgeValues.keys("checksum.", FramingProperties.Checksum.class, Set.of()).keySet());
	}

	/** A type has a key as soon as it can. */
	@Test
	void noKeyIsLeftOutInVain() {
		runner(PORT + "0").run((context) -> WITHOUT.forEach((type, keys) -> {
			List<List<String>> left = all(OF_ALL, ON_BAD, ESCAPE_BY_MARK, ESCAPE_BY_PAIRS,
					List.of(List.of("samples=hex:61")));
			left.stream().filter((change) -> keys.contains(change.get(0).split("[.=\\[]")[0])).forEach((change) -> {
				List<String> file = file(List.of(PORT + "0"), "socket.servers.upper.framing.", type,
						change.subList(1, change.size()));
				file.add("socket.servers.upper.framing." + change.get(0));
				Environments.set(context, file.toArray(String[]::new));
				assertThat(context.getBean(SocketSettings.class).plan().changes()).as(type.word() + " " + change)
					.extracting(SettingsChange::verdict)
					.contains(Verdict.REFUSED);
			});
		}));
	}

	private static Map<String, String> surprises(ConfigurableApplicationContext context, List<String> base,
			String framing, Supplier<Framing> now, Supplier<@Nullable String> load) {
		Map<String, String> surprises = new LinkedHashMap<>();
		CHANGES.forEach((type, changes) -> changes.forEach((change) -> {
			String surprise;
			try {
				surprise = surprise(context, base, framing, type, change);
			}
			catch (SettingsRefusedException ex) {
				surprise = ex.getMessage();
			}
			if (surprise == null) {
				surprise = now.get().type().equals(type.word()) ? load.get() : "in force: " + now.get().type();
			}
			if (surprise != null) {
				surprises.put(type.word() + " " + change, surprise);
			}
		}));
		return surprises;
	}

	/** Returns a file with all that a framing must have. */
	private static List<String> file(List<String> base, String framing, FramingType type, List<String> besides) {
		List<String> file = new ArrayList<>(base);
		file.add(framing + "type=" + type.word());
		Stream.concat(REQUIRED.getOrDefault(type, List.of()).stream(), besides.stream())
			.forEach((pair) -> file.add(framing + pair));
		return file;
	}

	private static @Nullable String surprise(ConfigurableApplicationContext context, List<String> base, String framing,
			FramingType type, List<String> change) {
		SocketSettings settings = context.getBean(SocketSettings.class);
		List<String> file = file(base, framing, type, change.subList(1, change.size()));
		Environments.set(context, file.toArray(String[]::new));
		settings.apply(settings.plan(), Verdict.NEW_SESSIONS);
		long version = settings.version();
		file.removeIf((pair) -> pair.startsWith(framing + change.get(0).split("=")[0] + "="));
		file.add(framing + change.get(0));
		Environments.set(context, file.toArray(String[]::new));
		List<SettingsChange> planned = settings.plan().changes();
		if (planned.isEmpty() || planned.stream().anyMatch((each) -> each.verdict() != Verdict.NEW_SESSIONS)) {
			return "planned: " + planned;
		}
		SettingsOutcome outcome = settings.apply(settings.plan(), Verdict.NEW_SESSIONS);
		boolean made = outcome.version() == version + 1 && outcome.left().isEmpty()
				&& settings.plan().changes().isEmpty();
		return made ? null : "made: " + outcome;
	}

}
