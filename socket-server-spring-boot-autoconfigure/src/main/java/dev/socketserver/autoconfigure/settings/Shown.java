package dev.socketserver.autoconfigure.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.socketserver.autoconfigure.keys.Secrets;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.settings.table.Row;
import dev.socketserver.autoconfigure.settings.table.SettingsTable;
import dev.socketserver.autoconfigure.settings.table.SpecValues;
import dev.socketserver.settings.Setting;
import dev.socketserver.settings.Setting.Source;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one server or client, as they are shown.
 */
final class Shown {

	private final SettingsTable table;

	private final Section section;

	private final Map<String, Setting> settings = new TreeMap<>();

	Shown(SettingsTable table, Section section) {
		this.table = table;
		this.section = section;
	}

	List<Setting> all() {
		return new ArrayList<>(this.settings.values());
	}

	/** Adds what the properties say, and the defaults of all other keys. */
	void configured(Map<String, Value> values) {
		for (Row row : rows()) {
			add(shown(row), row.builtIn(), Source.BUILT_IN, null, null);
		}
		values.forEach((key, value) -> {
			Source from = value.inherited() ? Source.DEFAULTS : Source.ENTRY;
			if (key.endsWith(SettingsTable.FRAMING)) {
				this.settings.remove(key);
				Differences.shown(key, value)
					.forEach((shown, part) -> add(shown, Value.shown(part), from, property(key, shown, value),
							value.origin()));
			}
			else {
				add(key, value.shown(), from, value.name().toString(), value.origin());
			}
		});
	}

	private static String property(String key, String shown, Value value) {
		String below = shown.substring(key.length());
		boolean word = below.equals(".type") && value.below().containsKey("");
		return value.name() + (word ? "" : below);
	}

	/**
	 * Takes over what beans have changed.
	 * @param steps what the properties have made, and each bean after that
	 * @param beans the names of the beans
	 */
	void customized(List<?> steps, List<String> beans) {
		for (Row row : rows()) {
			for (int i = 1; i < steps.size(); i++) {
				SpecValues now = new SpecValues(steps.get(i));
				if (!now.isSame(row, new SpecValues(steps.get(i - 1)))) {
					String bean = (i <= beans.size()) ? beans.get(i - 1) : null;
					this.settings.keySet()
						.removeIf((shown) -> shown.startsWith(row.key() + ".") || shown.startsWith(row.key() + "["));
					this.settings.remove(row.key());
					add(shown(row), now.text(row), Source.CUSTOMIZER, null, bean);
				}
			}
		}
	}

	/**
	 * Adds what the application has made itself.
	 * @param spec its specification
	 * @param plain one in which nothing was set but the handler
	 * @param handled whether the application has set that
	 */
	void code(Object spec, Object plain, boolean handled) {
		SpecValues values = new SpecValues(spec);
		SpecValues unset = new SpecValues(plain);
		for (Row row : rows()) {
			String text = values.text(row);
			String key = shown(row);
			boolean set = text != null
					&& (row.key().equals(Differences.HANDLER) ? handled : !text.equals(unset.text(row)));
			put(new Setting(key, Secrets.hidden(key, set ? text : row.builtIn()), set ? Source.CODE : Source.BUILT_IN,
					null, null, Verdict.REFUSED));
		}
	}

	/** Returns under which key a row is shown: a framing that is a word by its type. */
	private static String shown(Row row) {
		return row.key().equals(SettingsTable.FRAMING) ? "framing.type" : row.key();
	}

	private Collection<Row> rows() {
		return this.table.rows(this.section).values();
	}

	private void add(String key, @Nullable String text, Source from, @Nullable String property,
			@Nullable String origin) {
		put(new Setting(key, Secrets.hidden(key, text), from, property, origin,
				this.table.row(this.section, key).verdict()));
	}

	private void put(Setting setting) {
		this.settings.put(setting.key(), setting);
	}

}
