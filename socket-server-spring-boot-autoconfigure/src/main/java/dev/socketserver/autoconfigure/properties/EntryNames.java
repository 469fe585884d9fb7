package dev.socketserver.autoconfigure.properties;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Finds names of servers, or of clients, that are spellings of the same name.
 */
public final class EntryNames {

	private EntryNames() {
	}

	/**
	 * Keeps one of the entries whose names differ only in dashes and case. An environment
	 * variable has neither: {@code SOCKET_SERVERS_MYSERVER_PORT} overrides the port of
	 * {@code my-server}, and also appears as an entry {@code myserver} beside it. The
	 * entry with dashes is kept, since it has the overridden values.
	 * @param section where the entries are
	 * @param entries what was bound
	 * @param <T> the type of an entry
	 * @return the entries by name
	 */
	public static <T> Map<String, T> collapse(Section section, Map<String, T> entries) {
		Map<String, String> spelled = new LinkedHashMap<>();
		for (String name : entries.keySet()) {
			String spelling = name.replace("-", "").toLowerCase(Locale.ROOT);
			String known = spelled.get(spelling);
			spelled.put(spelling, (known != null) ? spelledOut(section, known, name) : name);
		}
		Map<String, T> collapsed = new LinkedHashMap<>(entries);
		collapsed.keySet().retainAll(spelled.values());
		return collapsed;
	}

	private static String spelledOut(Section section, String one, String other) {
		if (one.contains("-") && other.contains("-")) {
			throw notApart(section, one, other);
		}
		return other.contains("-") ? other : one;
	}

	/** Returns the exception for two names that are spellings of the same one. */
	public static InvalidSocketPropertyException notApart(Section section, String one, String other) {
		return new InvalidSocketPropertyException(section.property(other), other,
				"names that differ only in dashes or capitals are the same, and there is '" + one + "'",
				"Choose another name for one of them");
	}

}
