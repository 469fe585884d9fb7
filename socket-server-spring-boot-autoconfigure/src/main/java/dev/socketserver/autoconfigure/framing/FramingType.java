package dev.socketserver.autoconfigure.framing;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.framing.FramingPreset;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * The types of framings that are described key by key, and the keys of each type.
 */
public enum FramingType {

	LINE(FramingProperties.Ended.class, FramingProperties.Line.class, FramingProperties.Delimited.class,
			FramingProperties.Checked.class),

	LENGTH_FIELD(FramingProperties.LengthField.class, FramingProperties.After.class, FramingProperties.Sync.class,
			FramingProperties.Checked.class),

	DELIMITER(FramingProperties.Delimiter.class, FramingProperties.After.class, FramingProperties.Delimited.class,
			FramingProperties.Checked.class),

	START_END(FramingProperties.StartEnd.class, FramingProperties.After.class, FramingProperties.Delimited.class,
			FramingProperties.Checked.class),

	FIXED(FramingProperties.Fixed.class, FramingProperties.Sync.class, FramingProperties.Checked.class),

	HEADER_BLOCK(FramingProperties.HeaderBlock.class, FramingProperties.After.class),

	COUNTED(FramingProperties.Ended.class, FramingProperties.Counted.class, FramingProperties.After.class),

	SWITCH(FramingProperties.Switch.class),

	RAW;

	/** The keys that every framing can have, presets and beans included. */
	public static final List<String> COMMON_KEYS = keys(FramingProperties.Common.class).stream()
		.filter((key) -> !key.equals("type"))
		.toList();

	private final List<String> keys;

	FramingType(Class<?>... blocks) {
		this.keys = Stream.of(blocks).flatMap((block) -> keys(block).stream()).toList();
	}

	private static List<String> keys(Class<?> block) {
		return Stream.of(block.getRecordComponents())
			.map((component) -> DataObjectPropertyName.toDashedForm(component.getName()))
			.toList();
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
		return (type != null) ? type.keys() : keysOfExisting(word);
	}

	/** Returns the keys that a preset or a bean has. */
	static List<String> keysOfExisting(String word) {
		FramingPreset preset = FramingPreset.of(word);
		return (preset != null && preset.hasChecksum())
				? Stream.concat(keys(FramingProperties.Checked.class).stream(), COMMON_KEYS.stream()).toList()
				: COMMON_KEYS;
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
