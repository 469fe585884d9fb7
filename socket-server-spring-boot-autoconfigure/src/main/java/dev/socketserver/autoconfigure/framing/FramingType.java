package dev.socketserver.autoconfigure.framing;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The types of framings that are described key by key, and the keys of each type.
 */
public enum FramingType {

	LINE("ending", "strict", "lone-cr"),

	LENGTH_FIELD("offset", "width", "encoding", "byte-order", "adjust", "strip", "after", "terminator", "zero",
			"on-send"),

	DELIMITER("delimiters", "keep"),

	START_END("start", "end", "resync"),

	FIXED("size"),

	HEADER_BLOCK("length-header"),

	SWITCH("cases", "otherwise"),

	RAW;

	/** The keys that every framing can have, presets and beans included. */
	public static final List<String> COMMON_KEYS = List.of("skip", "escape", "samples", "switchable");

	private final List<String> keys;

	FramingType(String... keys) {
		this.keys = List.of(keys);
	}

	public String word() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/** Returns the keys of this type, and then those that all types have. */
	public List<String> keys() {
		return Stream.concat(this.keys.stream(), COMMON_KEYS.stream()).toList();
	}

	/** Returns the keys of a type, or those that a preset has. */
	public static List<String> keys(String word) {
		FramingType type = of(word);
		return (type != null) ? type.keys() : COMMON_KEYS;
	}

	/** Says which keys a framing can have, as the end of a sentence. */
	public static String sentence(String word, List<String> keys) {
		return "'%s' has the keys %s".formatted(word, String.join(", ", keys));
	}

	/** The keys of all types. */
	static Set<String> allKeys() {
		return Stream.of(values())
			.flatMap((type) -> type.keys().stream())
			.collect(Collectors.toCollection(LinkedHashSet::new));
	}

	public static @Nullable FramingType of(String word) {
		return Stream.of(values()).filter((type) -> type.word().equals(word)).findFirst().orElse(null);
	}

}
