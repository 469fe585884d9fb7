package dev.socketserver.autoconfigure.properties;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import dev.socketserver.SessionSpec;

import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Finds names of servers, or of clients, that are spellings of the same name, cannot be
 * one, or are not what was written.
 */
public final class EntryNames {

	private EntryNames() {
	}

	/**
	 * Keeps one of the entries whose names differ only in dashes and case. An environment
	 * variable has neither: {@code SOCKET_SERVERS_MYSERVER_PORT} overrides the port of
	 * {@code my-server}, and also appears as an entry {@code myserver} beside it. The
	 * entry with dashes is kept, since it has the overridden values.
	 * @param section where the entries are
	 * @param entries what was bound
	 * @param <T> the type of an entry
	 * @return the entries by name
	 */
	public static <T> Map<String, T> collapse(Section section, Map<String, T> entries) {
		Map<String, String> spelled = new LinkedHashMap<>();
		for (String name : entries.keySet()) {
			String spelling = name.replace("-", "").toLowerCase(Locale.ROOT);
			String known = spelled.get(spelling);
			spelled.put(spelling, (known != null) ? spelledOut(section, known, name) : name);
		}
		Map<String, T> collapsed = new LinkedHashMap<>(entries);
		collapsed.keySet().retainAll(spelled.values());
		return collapsed;
	}

	private static String spelledOut(Section section, String one, String other) {
		if (one.contains("-") && other.contains("-")) {
			throw notApart(section, one, other);
		}
		return other.contains("-") ? other : one;
	}

	/**
	 * Checks the name of an entry, before its handler is looked for: a wrong name may be
	 * why none would be found.
	 * @param section where the entry is
	 * @param name its name
	 * @param environment has the sources
	 */
	public static void check(Section section, String name, Environment environment) {
		checkForm(section, name);
		refuseBoolean(section, name, environment);
	}

	/**
	 * Checks the characters of the name of an entry.
	 * @param section where the entry is
	 * @param name its name
	 */
	public static void checkForm(Section section, String name) {
		if (!SessionSpec.isName(name)) {
			throw new InvalidSocketPropertyException(section.property(name), name,
					"a " + section.word() + "'s name must be " + SessionSpec.NAME_RULE, "Rename the " + section.word(),
					null);
		}
	}

	/**
	 * Refuses the name that YAML makes of a word such as off without quotes, which the
	 * application would not find under that word.
	 */
	private static void refuseBoolean(Section section, String name, Environment environment) {
		if (!name.equals("true") && !name.equals("false") && !name.equals("null")) {
			return;
		}
		// What is no text in YAML is written in brackets.
		String prefix = section.property() + "[" + name + "].";
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable
					&& iterable.stream().anyMatch((key) -> key.toString().startsWith(prefix))) {
				throw new InvalidSocketPropertyException(section.property(name), name,
						name.equals("null") ? "YAML reads ~ and null as nothing"
								: "YAML reads on, off, yes, no, true and false as true or false",
						"Write the name of the %s in quotes, such as \"off\"".formatted(section.word()));
			}
		}
	}

	/** Returns the exception for two names that are spellings of the same one. */
	public static InvalidSocketPropertyException notApart(Section section, String one, String other) {
		return new InvalidSocketPropertyException(section.property(other), other,
				"names that differ only in dashes or capitals are the same, and there is '" + one + "'",
				"Choose another name for one of them");
	}

}
