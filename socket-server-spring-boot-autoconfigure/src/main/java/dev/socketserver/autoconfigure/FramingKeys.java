package dev.socketserver.autoconfigure;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * Which keys a framing block can have, whatever its type. A framing may be within
 * another, to any depth.
 */
final class FramingKeys {

	private static final Map<String, String> KEYS = keys();

	private FramingKeys() {
	}

	private static Map<String, String> keys() {
		Map<String, String> keys = new LinkedHashMap<>();
		collect(FramingProperties.class, "", keys);
		// A list or a block, which no component of a record can be.
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
					// One element may be written as if it were no list.
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

}
