package dev.socketserver.autoconfigure;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * The keys that a framing block can have, whatever its type. A framing may contain
 * others, to any depth.
 */
final class FramingKeys {

	private static final Map<String, String> KEYS = keys();

	private FramingKeys() {
	}

	private static Map<String, String> keys() {
		Map<String, String> keys = new LinkedHashMap<>();
		collect(FramingProperties.class, "", keys);
		// The key escape may also be a list, which its component of the record does not
		// say.
		collect(FramingProperties.Pair.class, "escape[].", keys);
		return Collections.unmodifiableMap(keys);
	}

	private static void collect(Class<?> type, String prefix, Map<String, String> keys) {
		for (RecordComponent component : type.getRecordComponents()) {
			String name = prefix + DataObjectPropertyName.toDashedForm(component.getName());
			if (component.getType().isRecord()) {
				collect(component.getType(), name + ".", keys);
			}
			else if (component.getType() != List.class) {
				keys.put(KnownKeys.uniform(name), name);
			}
			else {
				Class<?> element = (Class<?>) ((ParameterizedType) component.getGenericType())
					.getActualTypeArguments()[0];
				if (element.isRecord()) {
					collect(element, name + "[].", keys);
				}
				else {
					// A list of one element may be written as a single value.
					keys.put(KnownKeys.uniform(name), name);
					keys.put(KnownKeys.uniform(name) + "[]", name);
				}
			}
		}
	}

	/**
	 * Returns the keys.
	 * @return the keys by their patterns, as {@link KnownKeys} explains them
	 */
	static Map<String, String> all() {
		return KEYS;
	}

	/**
	 * Returns the keys that a framing of a type can have.
	 * @param word the type or preset, or {@code null} for the keys of all types
	 * @return the keys
	 */
	static List<String> of(@Nullable String word) {
		if (word == null) {
			return List.copyOf(KEYS.values());
		}
		FramingType type = FramingType.of(word);
		List<String> own = (type != null) ? type.keys() : FramingType.COMMON_KEYS;
		return KEYS.values()
			.stream()
			.filter((key) -> key.equals("type") || own.contains(key.split("[.\\[]")[0]))
			.toList();
	}

}
