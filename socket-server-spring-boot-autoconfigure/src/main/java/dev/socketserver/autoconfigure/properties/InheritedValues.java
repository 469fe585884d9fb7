package dev.socketserver.autoconfigure.properties;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * The values that servers inherit, by key. Immutable.
 */
final class InheritedValues {

	private static final ConfigurationPropertyName DEFAULTS = ConfigurationPropertyName.of(Section.DEFAULTS);

	/** A framing may be a block, of which nothing is bound. */
	private static final String FRAMING = "framing";

	private final Map<String, Object> values = new HashMap<>();

	/** The first elements of the keys. */
	private final Set<String> blocks = new HashSet<>();

	/**
	 * Finds them.
	 * @param bound the values of all keys that were bound
	 */
	InheritedValues(Map<ConfigurationPropertyName, Object> bound) {
		for (Map.Entry<ConfigurationPropertyName, Object> each : bound.entrySet()) {
			if (DEFAULTS.isAncestorOf(each.getKey())) {
				String key = each.getKey().subName(DEFAULTS.getNumberOfElements()).toString();
				if (!key.equals(FRAMING)) {
					this.values.put(key, each.getValue());
					this.blocks.add(key.contains(".") ? key.substring(0, key.indexOf('.')) : key);
				}
			}
		}
	}

	/** Whether there is a value of a key, or below it. */
	boolean isAny(String block) {
		return this.blocks.contains(block);
	}

	@Nullable Object value(String key) {
		return this.values.get(key);
	}

}
