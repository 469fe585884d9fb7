package dev.socketserver.autoconfigure.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.socketserver.autoconfigure.keys.SecretText;
import dev.socketserver.autoconfigure.keys.Secrets;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.origin.Origin;

/**
 * A value of a key, as it is written.
 *
 * @param name the name of the property
 * @param parts what is written: one property, or the elements of a list, or the keys of a
 * framing
 * @param bound what was bound, or {@code null} for a framing
 * @param inherited whether it is from the shared defaults: those in force, or if an entry
 * itself has it, those of before
 */
record Value(ConfigurationPropertyName name, List<ConfigurationProperty> parts, @Nullable Object bound,
		boolean inherited) {

	Value {
		parts = List.copyOf(parts);
	}

	/** Returns the value of an entry that does not inherit a key yet, as others do. */
	static Value none(ConfigurationPropertyName name) {
		return new Value(name, List.of(), null, true);
	}

	boolean isNone() {
		return this.parts.isEmpty();
	}

	Value asInherited() {
		return new Value(this.name, this.parts, this.bound, true);
	}

	/** Returns what is written; the elements of a list are joined by commas. */
	String text() {
		if (this.parts.size() == 1) {
			return text(this.parts.get(0));
		}
		Map<String, String> elements = new LinkedHashMap<>();
		for (ConfigurationProperty part : this.parts) {
			String rest = rest(part);
			int end = rest.indexOf(']');
			String field = rest.substring(end + 1);
			elements.merge(rest.substring(0, end + 1),
					field.isEmpty() ? text(part) : field.substring(1) + "=" + text(part),
					(one, other) -> one + " " + other);
		}
		return String.join(",", elements.values());
	}

	/** Returns what is written, or stars for what a secret is part of. */
	String shown() {
		return this.parts.stream().anyMatch(Value::isSecret) ? Secrets.HIDDEN : text();
	}

	static String shown(ConfigurationProperty part) {
		return isSecret(part) ? Secrets.HIDDEN : text(part);
	}

	private static boolean isSecret(ConfigurationProperty part) {
		return part.getValue() instanceof SecretText;
	}

	/** Returns the origin of the first part, or {@code null} if it is not known. */
	@Nullable String origin() {
		Origin origin = this.parts.isEmpty() ? null : this.parts.get(0).getOrigin();
		return (origin != null) ? origin.toString() : null;
	}

	/**
	 * Returns the keys below the value, each with its text; empty for the value itself.
	 */
	Map<String, ConfigurationProperty> below() {
		return this.parts.stream()
			.collect(Collectors.toMap(this::rest, (part) -> part, (one, other) -> one, LinkedHashMap::new));
	}

	String rest(ConfigurationProperty part) {
		return part.getName().toString().substring(this.name.toString().length());
	}

	static String text(ConfigurationProperty part) {
		return part.getValue().toString();
	}

	/** Whether another value means the same. */
	boolean means(Value other) {
		return texts().equals(other.texts()) || (this.bound != null && this.bound.equals(other.bound));
	}

	private Map<String, String> texts() {
		Map<String, String> texts = new LinkedHashMap<>();
		this.parts.forEach((part) -> texts.put(rest(part), text(part).trim()));
		return texts;
	}

}
