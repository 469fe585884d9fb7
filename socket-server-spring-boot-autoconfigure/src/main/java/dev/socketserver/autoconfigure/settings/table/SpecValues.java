package dev.socketserver.autoconfigure.settings.table;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import dev.socketserver.autoconfigure.properties.Written;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.unit.DataSize;

/**
 * Reads values from the specification of a server or client, by the path of a
 * {@link Row}.
 *
 * @param spec the specification
 */
public record SpecValues(Object spec) {

	/** Of a value that is no text, such as a function. */
	private static final String OBJECT = ":set";

	/**
	 * Returns a value as a property would have it.
	 * @param row the key
	 * @return the value, or {@code null} if the specification has none
	 */
	public @Nullable String text(Row row) {
		Object value = value(row);
		if (value != null && row.path().endsWith(OBJECT)) {
			return "set";
		}
		if (value instanceof Number number && row.path().contains(":")) {
			return row.path().endsWith(":bytes") ? Written.of(DataSize.ofBytes(number.longValue())) : number + "%";
		}
		if (value instanceof Map<?, ?> map) {
			value = map.entrySet();
		}
		if (value instanceof Collection<?> all) {
			return all.isEmpty() ? null : all.stream().map(Written::of).collect(Collectors.joining(","));
		}
		return (value != null) ? Written.of(value) : null;
	}

	/**
	 * Returns whether another specification has the same value.
	 * @param row the key
	 * @param other the other
	 */
	public boolean isSame(Row row, SpecValues other) {
		return row.path().endsWith(OBJECT) ? value(row) == other.value(row)
				: Objects.equals(text(row), other.text(row));
	}

	private @Nullable Object value(Row row) {
		String path = row.path().replaceFirst(":.*", "");
		return path.isEmpty() ? null : read(path);
	}

	private @Nullable Object read(String path) {
		Object value = this.spec;
		for (String component : path.split("\\.")) {
			Method method = (value != null) ? ReflectionUtils.findMethod(value.getClass(), component) : null;
			value = (value != null && method != null) ? call(method, value) : null;
		}
		return value;
	}

	private static @Nullable Object call(Method method, Object target) {
		try {
			Method open = ClassUtils.getPubliclyAccessibleMethodIfPossible(method, target.getClass());
			return ReflectionUtils.invokeMethod(open, target);
		}
		catch (RuntimeException ex) {
			// It has none where it listens, or is made by the application.
			return null;
		}
	}

}
