package dev.socketserver.autoconfigure.settings.every;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.settings.table.SettingsTable;
import dev.socketserver.fixtures.EdgeValues;

import org.springframework.util.unit.DataSize;

/**
 * Other values of keys than those that are built in.
 */
final class ChangedValues {

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
		EdgeValues.keys("", type, without)
			.forEach((key, each) -> values.put(key, known.getOrDefault(key, value(key, each))));
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
			return "77s";
		}
		if (type == DataSize.class) {
			return "77KB";
		}
		return type.isEnum() ? type.getEnumConstants()[1].toString().toLowerCase(Locale.ROOT) : "one";
	}

}
