package dev.socketserver.actuate.shown;

import java.lang.reflect.Array;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.socketserver.operation.FailureText;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * Prepares values that users put into servers and sessions for being shown. Every value
 * passes the application's {@link SanitizingFunction}s; values that are not to be shown
 * are not even read. Values are objects of the application, which may throw, or be large.
 * Booleans and the JDK's numbers stay what they are; maps, collections and arrays keep
 * their shape, up to limits of depth and size; anything else becomes text, and bytes
 * become hexadecimal.
 */
public final class ShownValues {

	private static final int MAX_DEPTH = 4;

	private static final int MAX_ENTRIES = 200;

	/** How many entries there are at most in all, names and what is in their values. */
	private static final int MAX_ALL_ENTRIES = 2000;

	private static final int MAX_TEXT = 2000;

	/** Shown instead of a map or collection that is nested too deeply. */
	private static final String TOO_DEEP = "...";

	private final Sanitizer sanitizer;

	/**
	 * Creates what prepares values.
	 * @param functions the application's functions
	 */
	public ShownValues(Iterable<SanitizingFunction> functions) {
		this.sanitizer = new Sanitizer(functions);
	}

	/**
	 * Returns values by their names, sorted by these.
	 * @param values the values
	 * @param shown whether to show them; if not, only the names are shown
	 * @return what to show
	 */
	public Map<String, @Nullable Object> of(Map<String, ? extends @Nullable Object> values, boolean shown) {
		Map<String, @Nullable Object> result = new TreeMap<>();
		// Names are shown whatever the values before them hold.
		Room room = new Room(MAX_ALL_ENTRIES - Math.min(values.size(), MAX_ENTRIES));
		for (Map.Entry<?, ? extends @Nullable Object> entry : values.entrySet()) {
			if (result.size() == MAX_ENTRIES) {
				break;
			}
			// Keys from a handler may be null, or not of the declared type.
			String key = truncate(String.valueOf((Object) entry.getKey()));
			result.put(key, shown ? of(key, entry.getValue(), 0, room) : sanitized(key, "", false));
		}
		return result;
	}

	/**
	 * Returns a text that is shown unless one of the application's functions hides it.
	 * @param key its name for these functions
	 * @param text the text, or {@code null}
	 * @return what to show
	 */
	public @Nullable String text(String key, @Nullable String text) {
		return text(key, text, true);
	}

	/**
	 * Returns a text.
	 * @param key its name for the application's functions
	 * @param text the text, or {@code null}
	 * @param shown whether to show it
	 * @return what to show
	 */
	public @Nullable String text(String key, @Nullable String text, boolean shown) {
		Object sanitized = (text != null) ? sanitized(key, text, shown) : null;
		return (sanitized != null) ? sanitized.toString() : null;
	}

	/**
	 * Returns why a server or client has failed, with the key {@code failure}.
	 * @param failure the failure, or {@code null}
	 * @param shown whether to show it
	 * @return what to show
	 */
	public @Nullable String failure(@Nullable Throwable failure, boolean shown) {
		return text("failure", (failure != null) ? FailureText.of(failure) : null, shown);
	}

	private @Nullable Object sanitized(String key, Object value, boolean shown) {
		return this.sanitizer.sanitize(new SanitizableData(null, key, value), shown);
	}

	private @Nullable Object of(String key, @Nullable Object value, int depth, Room room) {
		try {
			if (value instanceof Map<?, ?> map) {
				return (depth < MAX_DEPTH) ? map(key, map, depth, room) : sanitized(key, TOO_DEEP, true);
			}
			Collection<?> collection = elements(value);
			if (collection != null) {
				return (depth < MAX_DEPTH) ? list(key, collection, depth, room) : sanitized(key, TOO_DEEP, true);
			}
			return (value != null) ? sanitized(key, simple(value), true) : null;
		}
		catch (Throwable ex) {
			// Thrown by code of the application; the other values are shown nevertheless.
			return "(cannot be shown: " + ex.getClass().getSimpleName() + ")";
		}
	}

	private Map<String, @Nullable Object> map(String key, Map<?, ?> map, int depth, Room room) {
		Map<String, @Nullable Object> shown = new LinkedHashMap<>();
		for (Map.Entry<?, ?> entry : map.entrySet()) {
			if (shown.size() == MAX_ENTRIES || !room.take()) {
				break;
			}
			String name = truncate(String.valueOf(entry.getKey()));
			shown.put(name, of(key + "." + name, entry.getValue(), depth + 1, room));
		}
		return shown;
	}

	private List<@Nullable Object> list(String key, Collection<?> collection, int depth, Room room) {
		List<@Nullable Object> shown = new ArrayList<>();
		for (Object value : collection) {
			if (shown.size() == MAX_ENTRIES || !room.take()) {
				break;
			}
			shown.add(of(key, value, depth + 1, room));
		}
		return shown;
	}

	private static @Nullable Collection<?> elements(@Nullable Object value) {
		if (value instanceof Collection<?> collection) {
			return collection;
		}
		if (value == null || !value.getClass().isArray() || value instanceof byte[]) {
			return null;
		}
		return new AbstractList<@Nullable Object>() {

			@Override
			public @Nullable Object get(int index) {
				return Array.get(value, index);
			}

			@Override
			public int size() {
				return Array.getLength(value);
			}

		};
	}

	private static Object simple(Object value) {
		boolean simple = value instanceof Boolean
				|| (value instanceof Number && value.getClass().getName().startsWith("java."));
		return simple ? value : truncate(text(value));
	}

	/** Bytes become hexadecimal, unlike the elements of other arrays. */
	private static String text(Object value) {
		return (value instanceof byte[] bytes) ? HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, MAX_TEXT))
				: String.valueOf(value);
	}

	private static String truncate(String text) {
		return (text.length() > MAX_TEXT) ? text.substring(0, MAX_TEXT) + "..." : text;
	}

	/**
	 * How many more entries can be shown. With limits of depth and breadth only, a small
	 * map that contains itself several times would still become too large.
	 */
	private static final class Room {

		private int left;

		Room(int left) {
			this.left = left;
		}

		boolean take() {
			return this.left-- > 0;
		}

	}

}
