package dev.socketserver.actuate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * Makes what users put into servers and sessions fit to be shown: every value passes the
 * application's {@link SanitizingFunction}s, and values that are not to be shown are not
 * even looked at. Values are the application's, and may throw, or be large: simple ones
 * stay what they are, maps and collections of them keep their shape as far as it is
 * small, and anything else is text.
 */
final class ShownValues {

	private static final int MAX_DEPTH = 4;

	private static final int MAX_ENTRIES = 200;

	private static final int MAX_TEXT = 2000;

	private final Sanitizer sanitizer;

	ShownValues(Iterable<SanitizingFunction> functions) {
		this.sanitizer = new Sanitizer(functions);
	}

	/**
	 * Returns values by their names, in the order of these.
	 * @param values the values
	 * @param shown whether they are to be seen; if not, only the names are
	 * @return what to show
	 */
	Map<String, @Nullable Object> of(Map<String, ? extends @Nullable Object> values, boolean shown) {
		Map<String, @Nullable Object> result = new TreeMap<>();
		values.forEach((key, value) -> result.put(key, shown ? of(key, value, 0) : hidden(key)));
		return result;
	}

	/**
	 * Returns a text that is shown unless a function of the application's hides it.
	 * @param key what it is
	 * @param text the text, or {@code null}
	 * @return what to show
	 */
	@Nullable String text(String key, @Nullable String text) {
		return text(key, text, true);
	}

	/**
	 * Returns a text.
	 * @param key what it is
	 * @param text the text, or {@code null}
	 * @param shown whether it is to be seen
	 * @return what to show
	 */
	@Nullable String text(String key, @Nullable String text, boolean shown) {
		Object sanitized = (text != null) ? sanitized(key, text, shown) : null;
		return (sanitized != null) ? sanitized.toString() : null;
	}

	private @Nullable Object hidden(String key) {
		return sanitized(key, "", false);
	}

	private @Nullable Object sanitized(String key, Object value, boolean shown) {
		return this.sanitizer.sanitize(new SanitizableData(null, key, value), shown);
	}

	private @Nullable Object of(String key, @Nullable Object value, int depth) {
		try {
			if (value instanceof Map<?, ?> map && depth < MAX_DEPTH) {
				return map(key, map, depth);
			}
			if (value instanceof Collection<?> collection && depth < MAX_DEPTH) {
				return list(key, collection, depth);
			}
			return (value != null) ? sanitized(key, simple(value), true) : null;
		}
		catch (Exception | StackOverflowError ex) {
			return "(cannot be shown: " + ex.getClass().getSimpleName() + ")";
		}
	}

	private Map<String, @Nullable Object> map(String key, Map<?, ?> map, int depth) {
		Map<String, @Nullable Object> shown = new LinkedHashMap<>();
		for (Map.Entry<?, ?> entry : map.entrySet()) {
			if (shown.size() == MAX_ENTRIES) {
				break;
			}
			String name = cut(String.valueOf(entry.getKey()));
			shown.put(name, of(key + "." + name, entry.getValue(), depth + 1));
		}
		return shown;
	}

	private List<@Nullable Object> list(String key, Collection<?> collection, int depth) {
		List<@Nullable Object> shown = new ArrayList<>();
		for (Object value : collection) {
			if (shown.size() == MAX_ENTRIES) {
				break;
			}
			shown.add(of(key, value, depth + 1));
		}
		return shown;
	}

	private static Object simple(Object value) {
		boolean simple = value instanceof Boolean
				|| (value instanceof Number && value.getClass().getName().startsWith("java."));
		return simple ? value : cut(String.valueOf(value));
	}

	private static String cut(String text) {
		return (text.length() > MAX_TEXT) ? text.substring(0, MAX_TEXT) + "..." : text;
	}

}
