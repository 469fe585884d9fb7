package dev.socketserver.autoconfigure.keys;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.spec.Suggestions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * Finds the key that somebody may have meant.
 */
final class KeySuggestions {

	/** The pattern of a case of a framing; the framing within has patterns of its own. */
	private static final String CASE = "cases[].";

	/**
	 * Keys that mean the same on the other side, where a word that looks alike does not.
	 */
	private static final Map<String, String> SYNONYMS = Map.of("socket.clients.*.address", "socket.clients.*.host",
			"socket.servers.*.host", "socket.servers.*.address", Section.DEFAULTS + ".host",
			Section.DEFAULTS + ".address");

	private final KnownKeys known;

	KeySuggestions(KnownKeys known) {
		this.known = known;
	}

	/** Quotes a key, and says so if it is a block, which cannot have a value. */
	String quoted(String key) {
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(key.replaceAll("[<>]|\\[]", ""), '.');
		String block = this.known.described(name);
		return "'" + key + "'" + (block.isEmpty() ? "" : ", " + block);
	}

	/**
	 * Returns the key of an entry that was meant if this one is not indented enough to be
	 * within one, else {@code null}.
	 */
	@Nullable String outdented(ConfigurationPropertyName name) {
		if (!KnownKeys.ofEntry(name)) {
			return null;
		}
		ConfigurationPropertyName section = name.chop(KnownKeys.ENTRY);
		ConfigurationPropertyName key = name.subName(KnownKeys.ENTRY);
		return this.known.isKnown(section.append("any").append(key)) ? section + ".<name>." + key : null;
	}

	/**
	 * Returns the end of a sentence that has a nearest key; empty if that has too little
	 * in common with what was written.
	 * @param name the property
	 * @param suggestion the key that may have been meant
	 */
	String nearest(ConfigurationPropertyName name, String suggestion) {
		String written = name.toString();
		int end = 0;
		for (int dot = suggestion.indexOf('.'); dot >= 0
				&& written.startsWith(suggestion.substring(0, dot + 1)); dot = suggestion.indexOf('.', dot + 1)) {
			end = dot + 1;
		}
		boolean near = KnownKeys.SECTIONS.containsKey(name) || outdented(name) != null
				|| SYNONYMS.containsKey(KnownKeys.pattern(name, 0, Form.ORIGINAL))
				|| Suggestions.isSimilar(written.substring(end), suggestion.substring(end));
		return near ? ", nearest: " + quoted(suggestion) : "";
	}

	/**
	 * Returns the known key that is nearest to one that is not.
	 * @param name the property
	 * @param type the type of framing whose keys may be meant
	 */
	String suggestion(ConfigurationPropertyName name, @Nullable String type) {
		Section section = KnownKeys.SECTIONS.get(name);
		if (section != null) {
			return section.property("<name>", "port");
		}
		String outdented = outdented(name);
		if (outdented != null) {
			return outdented;
		}
		int framing = KnownKeys.framing(name);
		if (framing > 0) {
			String block = name.chop(framing).toString();
			String written = KnownKeys.pattern(name, framing, Form.ORIGINAL);
			String pattern = KnownKeys.pattern(name, framing, Form.UNIFORM);
			if (pattern.startsWith(CASE) && this.known.all(framing).containsKey(pattern.substring(CASE.length()))) {
				return block + "." + CASE + "framing." + written.substring(CASE.length());
			}
			// A framing that is a word, but has an index, has no keys.
			return name.isNumericIndex(framing) ? block
					: block + "." + Suggestions.to(written, FramingKeys.of(type)).get(0);
		}
		// Keys of the other kind of entry are not suggested.
		String parent = KnownKeys.ofEntry(name) ? name.chop(KnownKeys.ENTRY) + ".*." : "";
		String written = KnownKeys.pattern(name, 0, Form.ORIGINAL);
		List<String> candidates = this.known.all(0)
			.values()
			.stream()
			.flatMap((key) -> Stream.of(key, key.substring(0, key.lastIndexOf('.')).replace("[]", "")))
			.filter((key) -> key.startsWith(parent) && !key.equals(KnownKeys.PREFIX.toString()) && !key.equals(written)
					&& !written.startsWith(key + "."))
			.toList();
		String synonym = SYNONYMS.get(written);
		String suggestion = (synonym != null) ? synonym : Suggestions.to(written, candidates).get(0);
		return KnownKeys.named(suggestion, name);
	}

}
