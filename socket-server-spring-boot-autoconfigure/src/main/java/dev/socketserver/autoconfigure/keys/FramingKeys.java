package dev.socketserver.autoconfigure.keys;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.autoconfigure.framing.FramingProperties;
import dev.socketserver.autoconfigure.framing.FramingType;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

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
		ConfigurationPropertyName block = ConfigurationPropertyName.of("framing");
		for (Class<?> type : FramingProperties.class.getPermittedSubclasses()) {
			KnownKeys.put(BinderKeys.of(block, type, List.of()), 1, keys);
		}
		// The key escape may also be a list, which its component of the record does not
		// say.
		KnownKeys.put(BinderKeys.of(block.append("escape[0]"), FramingProperties.Pair.class, List.of()), 1, keys);
		return Collections.unmodifiableMap(keys);
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
		List<String> own = FramingType.keys(word);
		return KEYS.values()
			.stream()
			.filter((key) -> key.equals("type") || own.contains(key.split("[.\\[]")[0]))
			.toList();
	}

}
