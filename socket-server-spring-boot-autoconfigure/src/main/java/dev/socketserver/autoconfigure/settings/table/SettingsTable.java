package dev.socketserver.autoconfigure.settings.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.settings.Verdict;

import org.springframework.core.io.UrlResource;

/**
 * What a change of each key does, for the keys of this module and of those modules that
 * the application has beside it. Each has a file.
 */
public final class SettingsTable {

	/** What the file is called. */
	public static final String FILE = "META-INF/socket-server/settings.txt";

	public static final String FRAMING = "framing";

	private static final String ENABLED = "enabled";

	private static final String LISTENERS = "listeners.";

	private final Map<Section, Map<String, Row>> rows = new EnumMap<>(Section.class);

	/** Reads the files. */
	public SettingsTable() {
		for (Section section : Section.values()) {
			this.rows.put(section, new TreeMap<>());
		}
		try {
			for (URL file : Collections.list(SettingsTable.class.getClassLoader().getResources(FILE))) {
				new UrlResource(file).getContentAsString(StandardCharsets.UTF_8)
					.lines()
					.filter((line) -> !line.isEmpty() && !line.startsWith("#"))
					.forEach(this::add);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void add(String line) {
		int equals = line.indexOf(" = ");
		String[] cells = line.substring(equals + 3).split(" \\|", -1);
		for (Section section : Section.values()) {
			String prefix = section.words() + ".";
			if (line.startsWith(prefix)) {
				String key = line.substring(prefix.length(), equals);
				rows(section).put(key, new Row(key, Verdict.valueOf(cells[0]), cells[1].trim(), cells[2].trim()));
			}
		}
	}

	/** Returns all rows of servers, or of clients, by key. */
	public Map<String, Row> rows(Section section) {
		return Objects.requireNonNull(this.rows.get(section));
	}

	/**
	 * Returns the row of a key. That of a key in a framing is the row of the framing, and
	 * that of a listener's key the row of the server's. A key that no row has is one of a
	 * module of the application, and needs a restart.
	 */
	public Row row(Section section, String key) {
		String plain = key;
		if (plain.startsWith(LISTENERS)) {
			int dot = plain.indexOf('.', LISTENERS.length());
			plain = (dot > 0) ? plain.substring(dot + 1) : plain;
			if (plain.equals(ENABLED)) {
				// The server stays when it listens there no more.
				return new Row(key, Verdict.RESTART, "", Objects.requireNonNull(rows(section).get(ENABLED)).builtIn());
			}
		}
		if (plain.startsWith(FRAMING + ".")) {
			plain = FRAMING;
		}
		Row row = rows(section).get(plain);
		return (row != null) ? row : new Row(key, Verdict.RESTART, "", "");
	}

}
