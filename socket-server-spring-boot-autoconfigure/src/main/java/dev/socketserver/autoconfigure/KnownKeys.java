package dev.socketserver.autoconfigure;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * The keys that exist under {@code socket.}: those of {@link SocketProperties} and,
 * within a framing, of {@link FramingKeys}. Each has a pattern: the key without dashes,
 * with {@code *} for the name of an entry and {@code []} behind a list. The pattern of a
 * key within a framing begins at that framing, since one framing may be within another.
 * <p>
 * The keys of a block are collected when something in it is asked for: that loads its
 * classes, and most applications do not need all of them.
 */
final class KnownKeys {

	static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("socket");

	static final ConfigurationPropertyName DEFAULTS = ConfigurationPropertyName.of(Section.DEFAULTS);

	/** The sections by their names. */
	static final Map<ConfigurationPropertyName, Section> SECTIONS = sections();

	/** The index of the element that is the name of an entry. */
	static final int ENTRY = 2;

	/** The fields for what is directly below {@code socket.}, by their patterns. */
	private final Map<String, Field> blocks = new LinkedHashMap<>();

	/** The keys by their patterns, for each block whose keys were collected. */
	private final Map<Field, Map<String, String>> keys = new ConcurrentHashMap<>();

	KnownKeys() {
		for (Field field : SocketProperties.class.getDeclaredFields()) {
			if (!Modifier.isStatic(field.getModifiers())) {
				this.blocks.put(uniform(property(PREFIX.toString(), field)), field);
			}
		}
	}

	private static Map<ConfigurationPropertyName, Section> sections() {
		Map<ConfigurationPropertyName, Section> sections = new LinkedHashMap<>();
		for (Section section : Section.values()) {
			sections.put(ConfigurationPropertyName.of(section.property()), section);
		}
		return sections;
	}

	/** Whether a key or a framing has that name. */
	boolean isKnown(ConfigurationPropertyName name) {
		int framing = framing(name);
		return framing == name.getNumberOfElements() || isKnown(framing, pattern(name, framing, Form.UNIFORM));
	}

	private boolean isKnown(int framing, String pattern) {
		return ((framing > 0) ? FramingKeys.all() : keysOf(block(pattern))).containsKey(pattern);
	}

	/** Whether an entry has a key. */
	boolean isKnown(Section section, String key) {
		return isKnown(0, uniform(section.property("*", key)));
	}

	/**
	 * Like {@link #isKnown(ConfigurationPropertyName)}, for names in which dots stand for
	 * dashes.
	 */
	boolean isKnownWithUnderscores(ConfigurationPropertyName name) {
		int framing = framing(name);
		String pattern = withDots(pattern(name, framing, Form.DASHED));
		boolean indexed = pattern.endsWith("[]");
		String key = indexed ? pattern.substring(0, pattern.length() - 2) : pattern;
		return framing == name.getNumberOfElements() || all(framing).entrySet()
			.stream()
			.anyMatch((known) -> withDots(known.getValue()).equals(key) && known.getKey().endsWith("[]") == indexed);
	}

	private static String withDots(String key) {
		return key.replace('-', '.');
	}

	/**
	 * Returns all keys.
	 * @param framing the number of elements up to a framing, for the keys below one, or 0
	 * for the others
	 * @return the keys by their patterns
	 */
	Map<String, String> all(int framing) {
		if (framing > 0) {
			return FramingKeys.all();
		}
		Map<String, String> all = new LinkedHashMap<>();
		this.blocks.values().forEach((block) -> all.putAll(keysOf(block)));
		return all;
	}

	/**
	 * Returns the keys directly below the name of a block or, with brackets, of a list of
	 * blocks.
	 */
	List<String> below(ConfigurationPropertyName name, String brackets) {
		int framing = framing(name);
		String block = pattern(name, framing, Form.UNIFORM) + brackets + ".";
		int depth = block.split("\\.").length;
		return all(framing).entrySet()
			.stream()
			.filter((key) -> key.getKey().startsWith(block))
			.map((key) -> key.getValue().split("\\.")[depth].replace("[]", ""))
			.distinct()
			.toList();
	}

	/** Returns the block that a pattern is in. */
	private @Nullable Field block(String pattern) {
		for (Map.Entry<String, Field> block : this.blocks.entrySet()) {
			String begin = block.getKey();
			if (pattern.startsWith(begin)
					&& (pattern.length() == begin.length() || ".[".indexOf(pattern.charAt(begin.length())) >= 0)) {
				return block.getValue();
			}
		}
		return null;
	}

	private Map<String, String> keysOf(@Nullable Field block) {
		if (block == null) {
			return Map.of();
		}
		Map<String, String> known = this.keys.get(block);
		if (known == null) {
			known = new LinkedHashMap<>();
			collect(block, PREFIX.toString(), known);
			this.keys.put(block, known);
		}
		return known;
	}

	private static void collect(Field field, String prefix, Map<String, String> known) {
		String name = property(prefix, field);
		Class<?> type = field.getType();
		if (type == Map.class) {
			type = argument(field, 1);
			name = name + ".*";
		}
		if (isBlock(type)) {
			collect(type, name, known);
			return;
		}
		if (type == List.class && isBlock(argument(field, 0))) {
			collect(argument(field, 0), name + "[]", known);
			return;
		}
		known.put(uniform(name), name);
		if (type == List.class) {
			known.put(uniform(name) + "[]", name);
		}
	}

	/**
	 * Collects the keys of a block, which is a record, or a class with a field for each
	 * key.
	 */
	private static void collect(Class<?> type, String prefix, Map<String, String> known) {
		for (Class<?> declaring = type; declaring != null && declaring != Object.class
				&& declaring != Record.class; declaring = declaring.getSuperclass()) {
			for (Field field : declaring.getDeclaredFields()) {
				if (!Modifier.isStatic(field.getModifiers())) {
					collect(field, prefix, known);
				}
			}
		}
	}

	private static boolean isBlock(Class<?> type) {
		return type.isRecord() || (type.getEnclosingClass() == SocketProperties.class && !type.isEnum());
	}

	private static Class<?> argument(Field field, int index) {
		return (Class<?>) ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[index];
	}

	/**
	 * Returns the key of a field. It may be a word that no field can have as its name.
	 */
	private static String property(String prefix, Field field) {
		Name name = field.getAnnotation(Name.class);
		return prefix + "." + DataObjectPropertyName.toDashedForm((name != null) ? name.value() : field.getName());
	}

	static String uniform(String key) {
		return key.replace("-", "");
	}

	/**
	 * Returns the pattern of a name.
	 * @param name the name
	 * @param start the number of elements that are left out
	 * @param form how its elements are written
	 * @return the pattern, which is that of a key if they are uniform
	 */
	static String pattern(ConfigurationPropertyName name, int start, Form form) {
		boolean entry = ofEntry(name);
		StringBuilder pattern = new StringBuilder();
		for (int i = start; i < name.getNumberOfElements(); i++) {
			if (name.isNumericIndex(i)) {
				pattern.append("[]");
			}
			else {
				pattern.append(pattern.isEmpty() ? "" : ".");
				pattern.append((entry && i == ENTRY) ? "*" : name.getElement(i, form));
			}
		}
		return pattern.toString();
	}

	/** Whether a name is that of an entry, or of something in it. */
	static boolean ofEntry(ConfigurationPropertyName name) {
		// Most names that an application has are not ours.
		if (PREFIX.isAncestorOf(name)) {
			for (ConfigurationPropertyName section : SECTIONS.keySet()) {
				if (section.isAncestorOf(name)) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * The number of elements up to the innermost framing that a name belongs to, or 0.
	 */
	static int framing(ConfigurationPropertyName name) {
		if (DEFAULTS.isAncestorOf(name)) {
			return framing(name, DEFAULTS.getNumberOfElements());
		}
		return ofEntry(name) ? framing(name, ENTRY + 1) : 0;
	}

	private static int framing(ConfigurationPropertyName name, int prefix) {
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
