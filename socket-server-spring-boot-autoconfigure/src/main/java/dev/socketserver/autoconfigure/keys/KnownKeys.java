package dev.socketserver.autoconfigure.keys;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.autoconfigure.block.ServerBlocks;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.SocketProperties;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * The keys that properties can have: those that {@link BinderKeys} finds and, within a
 * framing, those of {@link FramingKeys}. Each has a pattern: the key without dashes, with
 * {@code *} for the name of an entry and {@code []} after a list. The pattern of a key
 * within a framing begins at that framing, since one framing may be within another.
 */
public final class KnownKeys {

	public static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("socket");

	static final ConfigurationPropertyName DEFAULTS = ConfigurationPropertyName.of(Section.DEFAULTS);

	/** The sections by their names. */
	static final Map<ConfigurationPropertyName, Section> SECTIONS = sections();

	/** Stands for each server. */
	private static final ConfigurationPropertyName SERVER = ConfigurationPropertyName
		.of(Section.SERVERS.property("any"));

	/** The index of the element that is the name of an entry. */
	static final int ENTRY = 2;

	/** The key of a server below which its listeners are. */
	private static final String LISTENERS = "listeners";

	/** The keys by their patterns. */
	private final Map<String, String> keys = new LinkedHashMap<>();

	/**
	 * Finds the keys of a type.
	 * @param prefix the name at which it is bound
	 * @param type the type
	 */
	public KnownKeys(ConfigurationPropertyName prefix, Class<?> type) {
		List<ConfigurationPropertyName> maps = new ArrayList<>(SECTIONS.keySet());
		maps.add(ConfigurationPropertyName.of(Section.SERVERS.property("any", LISTENERS)));
		put(BinderKeys.of(prefix, type, maps), 0, this.keys);
		if (type == SocketProperties.class) {
			ServerBlocks.types().forEach((key, block) -> {
				put(BinderKeys.of(SERVER.append(key), block, List.of()), 0, this.keys);
				put(BinderKeys.of(DEFAULTS.append(key), block, List.of()), 0, this.keys);
			});
		}
	}

	/**
	 * Adds keys with their patterns.
	 * @param names the keys
	 * @param start the number of elements that are left out
	 * @param keys the map to which they are added
	 */
	static void put(Collection<ConfigurationPropertyName> names, int start, Map<String, String> keys) {
		for (ConfigurationPropertyName name : names) {
			String written = pattern(name, start, Form.DASHED);
			keys.put(pattern(name, start, Form.UNIFORM),
					written.endsWith("[]") ? written.substring(0, written.length() - 2) : written);
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
		return framing == name.getNumberOfElements() || all(framing).containsKey(pattern(name, framing, Form.UNIFORM));
	}

	/** Whether servers have a key. */
	boolean isOfServers(String key) {
		return this.keys.containsKey(Section.SERVERS.property("*", key).replace("-", ""));
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
	public Map<String, String> all(int framing) {
		return (framing > 0) ? FramingKeys.all() : this.keys;
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

	/** Says which keys a block has, or each of a list of blocks; empty for all else. */
	String described(ConfigurationPropertyName name) {
		List<String> below = below(name, "");
		if (!below.isEmpty()) {
			return "a block with the keys " + String.join(", ", below);
		}
		List<String> elements = below(name, "[]");
		return elements.isEmpty() ? "" : "a list of blocks with the keys " + String.join(", ", elements);
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
				pattern.append((entry && isName(name, i)) ? "*" : name.getElement(i, form));
			}
		}
		return pattern.toString();
	}

	/**
	 * Returns a pattern with the names that a property has, of an entry and a listener.
	 */
	static String named(String pattern, ConfigurationPropertyName name) {
		String named = pattern;
		for (int i = ENTRY; ofEntry(name) && i < name.getNumberOfElements(); i++) {
			int star = isName(name, i) ? named.indexOf('*') : -1;
			if (star >= 0) {
				named = named.substring(0, star) + name.getElement(i, Form.ORIGINAL) + named.substring(star + 1);
			}
		}
		return named.replace("*", "<name>");
	}

	/** Whether an element is the name of an entry, or of a listener in one. */
	private static boolean isName(ConfigurationPropertyName name, int index) {
		return index == ENTRY || (index == ENTRY + 2 && is(name, ENTRY + 1, LISTENERS));
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
		if (!ofEntry(name)) {
			return 0;
		}
		return framing(name, is(name, ENTRY + 1, LISTENERS) ? ENTRY + 3 : ENTRY + 1);
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
