package dev.socketserver.session;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.EndedSession;
import org.jspecify.annotations.Nullable;

/**
 * The last sessions of a server that have ended, as copies. Safe for use by several
 * threads; whoever adds or reads waits for no more than a copy of the list.
 */
final class Remembered {

	/** So many sessions are remembered for each server. */
	static final int CAPACITY = 100;

	private static final int MAX_ENTRIES = 64;

	private static final int MAX_TEXT = 256;

	/** The one that ended last is the last. Guarded by itself. */
	private final ArrayDeque<EndedSession> sessions = new ArrayDeque<>();

	void add(EndedSession session) {
		synchronized (this.sessions) {
			if (this.sessions.size() == CAPACITY) {
				this.sessions.remove();
			}
			this.sessions.add(session);
		}
	}

	List<EndedSession> list() {
		synchronized (this.sessions) {
			return List.copyOf(this.sessions);
		}
	}

	/**
	 * Copies what an application kept with a session. No code of the application is
	 * called for that.
	 */
	static Map<String, Object> copy(@Nullable Map<String, Object> attributes) {
		if (attributes == null || attributes.isEmpty()) {
			return Map.of();
		}
		Map<String, Object> copy = new LinkedHashMap<>();
		for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
			if (copy.size() == MAX_ENTRIES) {
				break;
			}
			copy.put(attribute.getKey(), copy(attribute.getValue()));
		}
		return copy;
	}

	private static Object copy(Object value) {
		if (value instanceof String text) {
			return (text.length() > MAX_TEXT) ? text.substring(0, MAX_TEXT) : text;
		}
		boolean number = value instanceof Integer || value instanceof Long || value instanceof Double
				|| value instanceof Float || value instanceof Short || value instanceof Byte;
		if (number || value instanceof Boolean) {
			return value;
		}
		if (value instanceof Enum<?> constant) {
			return constant.name();
		}
		Class<?> type = value.getClass();
		boolean small = type == Character.class || type.getName().startsWith("java.time.")
				|| type == AtomicInteger.class || type == AtomicLong.class || type == UUID.class;
		return small ? value.toString() : type.getTypeName();
	}

	/** Copies at most so many identities as are shown of a session that has ended. */
	static Map<String, List<String>> some(Map<String, List<String>> bound) {
		Map<String, List<String>> some = new LinkedHashMap<>();
		bound.entrySet()
			.stream()
			.limit(MAX_ENTRIES)
			.forEach((entry) -> some.put(entry.getKey(), some(entry.getValue())));
		return some;
	}

	static List<String> some(List<String> names) {
		return (names.size() > MAX_ENTRIES) ? List.copyOf(names.subList(0, MAX_ENTRIES)) : names;
	}

}
