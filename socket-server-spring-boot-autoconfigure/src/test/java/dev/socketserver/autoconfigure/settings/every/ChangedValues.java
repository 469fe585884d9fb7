package dev.socketserver.autoconfigure.settings.every;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.settings.table.SettingsTable;
import dev.socketserver.fixtures.EdgeValues;
import dev.socketserver.fixtures.Ports;

import org.springframework.util.unit.DataSize;

/**
 * Other values of keys than those that are built in.
 */
final class ChangedValues {

	/**
	 * Of keys that servers and clients have, whose type does not say what is possible.
	 */
	private static final Map<String, String> COMMON = Map.ofEntries(Map.entry("charset", "ISO-8859-1"),
			Map.entry("payload", "text"), Map.entry("threads.name", "{name} thread"), Map.entry("transport", "nio"),
			Map.entry("execution.mode", "pool"), Map.entry("requests", "one-at-a-time"),
			Map.entry("drain-timeout", "2s"), Map.entry("shutdown", "immediate"),
			Map.entry("inbound.overflow", "close"), Map.entry("timeouts.on-frame", "discard"),
			Map.entry("on-unmapped", "ignore"), Map.entry("ssl.bundle", "second"), Map.entry("ssl.mode", "on-request"),
			Map.entry("heartbeat.reply", "alive"), Map.entry("heartbeat.reply-timeout", "5s"),
			Map.entry("heartbeat.answer", "to=ping with=pong"), Map.entry("correlator", "firstLetter"),
			Map.entry("execution.executor", "ofTheApplication"), Map.entry("requests-reply", "replies"),
			Map.entry("discriminator", "word"), Map.entry("framing.type", "mllp"), Map.entry("enabled", "false"),
			Map.entry("heartbeat.placeholder", "4:1"), Map.entry("options.multicast-interface", "lo"),
			Map.entry("port", String.valueOf(Ports.free())),
			Map.entry("domain-socket.path", "@another-" + ProcessHandle.current().pid()));

	private final Section section;

	private final SettingsTable table = new SettingsTable();

	ChangedValues(Section section) {
		this.section = section;
	}

	/**
	 * Returns a value for each key of a block.
	 * @param type what the block is bound to
	 * @param without the fields that are left out
	 * @param known the values of keys whose type does not say what is possible
	 * @return the values, by key
	 */
	Map<String, String> of(Class<?> type, Set<String> without, Map<String, String> known) {
		Map<String, String> values = new TreeMap<>();
		EdgeValues.keys("", type, without).forEach((name, each) -> {
			String key = name.equals(SettingsTable.FRAMING) ? "framing.type" : name;
			values.put(key, known.getOrDefault(key, COMMON.getOrDefault(key, value(key, each))));
		});
		return values;
	}

	private String value(String key, Class<?> type) {
		if (type == Boolean.class) {
			return String.valueOf(!this.table.row(this.section, key).builtIn().equals("true"));
		}
		if (type == Integer.class) {
			return "88";
		}
		if (type == Duration.class) {
			return "77m";
		}
		if (type == DataSize.class) {
			return "77KB";
		}
		return type.isEnum() ? type.getEnumConstants()[1].toString().toLowerCase(Locale.ROOT) : "one";
	}

}
