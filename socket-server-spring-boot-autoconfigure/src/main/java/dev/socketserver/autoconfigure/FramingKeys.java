package dev.socketserver.autoconfigure;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * Which keys a framing block can have, whatever its type. A framing may be within
 * another, to any depth.
 */
final class FramingKeys {

	/** The keys below a block; behind a list comes {@code []}. */
	private static final List<String> KEYS = keys();

	private FramingKeys() {
	}

	private static List<String> keys() {
		List<String> keys = new ArrayList<>();
		collect(FramingProperties.class, "", keys);
		// A list or a block, which no component of a record can be.
		collect(FramingProperties.Pair.class, "escape[].", keys);
		return List.copyOf(keys);
	}

	private static void collect(Class<?> type, String prefix, List<String> keys) {
		for (RecordComponent component : type.getRecordComponents()) {
			String name = prefix + DataObjectPropertyName.toDashedForm(component.getName());
			if (component.getType().isRecord()) {
				collect(component.getType(), name + ".", keys);
			}
			else if (component.getType() != List.class) {
				keys.add(name);
			}
			else {
				Class<?> element = (Class<?>) ((ParameterizedType) component.getGenericType())
					.getActualTypeArguments()[0];
				if (element.isRecord()) {
					collect(element, name + "[].", keys);
				}
				else {
					// One element may be written as if it were no list.
					keys.add(name);
					keys.add(name + "[]");
				}
			}
		}
	}

	/**
	 * Returns the keys.
	 * @return the keys below a framing block, {@code []} behind each list
	 */
	static List<String> all() {
		return KEYS;
	}

	/**
	 * Finds the innermost framing that a property belongs to.
	 * @param name the property
	 * @param prefix the number of elements of the entry's, or the defaults' name
	 * @return the number of elements of the name of that framing, 0 if there is none
	 */
	static int depth(ConfigurationPropertyName name, int prefix) {
		int depth = prefix + 1;
		if (!is(name, prefix, "framing")) {
			return 0;
		}
		while (true) {
			if (is(name, depth, "otherwise")) {
				depth++;
			}
			else if (is(name, depth, "cases") && is(name, depth + 2, "framing") && name.isNumericIndex(depth + 1)) {
				depth += 3;
			}
			else {
				return depth;
			}
		}
	}

	private static boolean is(ConfigurationPropertyName name, int index, String element) {
		return index < name.getNumberOfElements() && name.getElement(index, Form.UNIFORM).equals(element);
	}

}
