package dev.socketserver.autoconfigure.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.framing.FramingType;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.SettingsRefusedException;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Changes each key of each framing while fifty sessions are open: new sessions have the
 * other framing, those that are open keep theirs, and the counters add up.
 */
@Tag("long")
class EveryFramingKeyChangedTests {

	private static final String FRAMING = "socket.servers.upper.framing.";

	private static final String PORT = "socket.servers.upper.port=0";

	/** What a framing must have. */
	private static final Map<FramingType, List<String>> REQUIRED = Map.of(FramingType.DELIMITER,
			List.of("delimiters=hex:0a"), FramingType.START_END, List.of("start=hex:02", "end=hex:03"),
			FramingType.FIXED, List.of("size=8"), FramingType.SWITCH,
			List.of("cases[0].prefix=hex:00", "cases[0].framing=line"));

	/** The key with its other value, and what it needs besides. */
	private static final Map<FramingType, List<List<String>>> CHANGES = Map.of(FramingType.LINE,
			List.of(List.of("ending=crlf"), List.of("strict=true"), List.of("lone-cr=true"), List.of("embedded=reject"),
					List.of("checksum.type=xor8"), List.of("skip=hex:00"),
					List.of("escape.mark=hex:7e", "escape.mark=hex:7d", "escape.mask=hex:20"),
					List.of("escape.mask=hex:40", "escape.mask=hex:20", "escape.mark=hex:7d"),
					List.of("samples=hex:610a"), List.of("switchable=true"), List.of("on-bad=skip")),
			FramingType.LENGTH_FIELD,
			List.of(List.of("offset=2"), List.of("width=2"), List.of("encoding=hex"), List.of("byte-order=little"),
					List.of("mask=hex:7fffffff"), List.of("adjust=-4"), List.of("strip=0"),
					List.of("terminator=hex:0a"), List.of("zero=ignore"), List.of("on-send=none"),
					List.of("after=hex:ce"), List.of("sync=hex:aa", "offset=1"), List.of("checksum.type=crc16-modbus"),
					List.of("checksum.form=hex", "checksum.type=xor8"),
					List.of("checksum.byte-order=little", "checksum.type=crc32"),
					List.of("checksum.at=4", "checksum.type=xor8"), List.of("checksum.from=1", "checksum.type=xor8"),
					List.of("checksum.to=9", "checksum.type=xor8"),
					List.of("checksum.strip=false", "checksum.type=xor8"),
					List.of("checksum.on-bad=skip", "checksum.type=xor8"),
					List.of("checksum.reply=hex:15", "checksum.type=xor8", "checksum.on-bad=skip")),
			FramingType.DELIMITER,
			List.of(List.of("delimiters=hex:0d"), List.of("keep=true"), List.of("after=1"), List.of("embedded=reject"),
					List.of("checksum.type=xor8")),
			FramingType.START_END,
			List.of(List.of("start=hex:01"), List.of("end=hex:04"), List.of("resync=false"), List.of("restart=true"),
					List.of("after=1"), List.of("embedded=reject"), List.of("checksum.type=xor8")),
			FramingType.FIXED, List.of(List.of("size=9"), List.of("sync=hex:aa"), List.of("checksum.type=xor8")),
			FramingType.HEADER_BLOCK, List.of(List.of("length-header=l"), List.of("after=hex:00")), FramingType.COUNTED,
			List.of(List.of("ending=lf"), List.of("word=0"), List.of("when=put"),
					List.of("ignore-case=true", "when=put"), List.of("after=0")),
			FramingType.SWITCH, List.of(List.of("cases[0].prefix=hex:01"), List.of("otherwise=mllp")), FramingType.RAW,
			List.of());

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketSettingsAutoConfiguration.class))
		.withUserConfiguration(UpperHandler.class)
		.withInitializer((context) -> Environments.set(context, PORT));

	@Test
	void newSessionsHaveTheOtherFraming() {
		this.runner.run((context) -> {
			SocketServer server = context.getBean(SocketServers.class).get("upper");
			Map<String, String> surprises = new LinkedHashMap<>();
			try (OpenSessions sessions = new OpenSessions(context, server)) {
				CHANGES.forEach((type, changes) -> changes.forEach((change) -> {
					String surprise;
					try {
						surprise = surprise(context, server, type, change);
					}
					catch (SettingsRefusedException ex) {
						surprise = ex.getMessage();
					}
					surprise = (surprise != null) ? surprise : sessions.lost();
					if (surprise != null) {
						surprises.put(type.word() + " " + change, surprise);
					}
				}));
			}
			assertThat(surprises).isEmpty();
		});
	}

	@Test
	void noKeyIsLeftOut() {
		for (FramingType type : FramingType.values()) {
			TreeSet<String> keys = new TreeSet<>(type.keys());
			if (type != FramingType.LINE) {
				// The same code for all of them.
				keys.removeAll(FramingType.COMMON_KEYS);
			}
			assertThat(CHANGES.get(type)).as(type.word())
				.extracting((change) -> change.get(0).split("[.=\\[]")[0])
				.containsAll(keys);
		}
	}

	private static @Nullable String surprise(ConfigurableApplicationContext context, SocketServer server,
			FramingType type, List<String> change) {
		SocketSettings settings = context.getBean(SocketSettings.class);
		List<String> file = new ArrayList<>(List.of(PORT, FRAMING + "type=" + type.word()));
		List<String> required = new ArrayList<>(REQUIRED.getOrDefault(type, List.of()));
		required.addAll(change.subList(1, change.size()));
		required.forEach((pair) -> file.add(FRAMING + pair));
		Environments.set(context, file.toArray(String[]::new));
		settings.apply(settings.plan(), Verdict.NEW_SESSIONS);
		long version = settings.version();
		file.removeIf((pair) -> pair.startsWith(FRAMING + change.get(0).split("=")[0] + "="));
		file.add(FRAMING + change.get(0));
		Environments.set(context, file.toArray(String[]::new));
		List<SettingsChange> planned = settings.plan().changes();
		if (planned.isEmpty() || planned.stream().anyMatch((each) -> each.verdict() != Verdict.NEW_SESSIONS)) {
			return "planned: " + planned;
		}
		SettingsOutcome outcome = settings.apply(settings.plan(), Verdict.NEW_SESSIONS);
		boolean made = outcome.version() == version + 1 && outcome.left().isEmpty()
				&& settings.plan().changes().isEmpty() && server.spec().framing().type().equals(type.word());
		return made ? null : "made: " + outcome;
	}

}
