package dev.socketserver.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Tells apart the names of servers.
 */
final class ServerNames {

	private ServerNames() {
	}

	/**
	 * Makes one entry of those whose names agree without dashes and case. An environment
	 * variable has neither: {@code SOCKET_SERVERS_MYSERVER_PORT} overrides the port of
	 * {@code my-server} and appears as an entry {@code myserver} beside it. The entry
	 * with dashes is kept, it has the overridden values.
	 * @param entries what was bound
	 * @param <T> the type of an entry
	 * @return the entries by the names they are known by
	 */
	static <T> Map<String, T> collapse(Map<String, T> entries) {
		Map<String, String> spelled = new LinkedHashMap<>();
		entries.keySet()
			.forEach((name) -> spelled.merge(name.replace("-", "").toLowerCase(Locale.ROOT), name,
					ServerNames::spelledOut));
		Map<String, T> collapsed = new LinkedHashMap<>();
		entries.forEach((name, entry) -> {
			if (spelled.containsValue(name)) {
				collapsed.put(name, entry);
			}
		});
		return collapsed;
	}

	private static String spelledOut(String one, String other) {
		if (one.contains("-") && other.contains("-")) {
			throw new InvalidSocketPropertyException("socket.servers." + other, other,
					"dashes do not tell names apart, and there is '" + one + "'",
					"Choose another name for one of them");
		}
		return other.contains("-") ? other : one;
	}

}
