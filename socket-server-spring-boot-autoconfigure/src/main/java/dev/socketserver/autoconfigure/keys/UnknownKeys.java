package dev.socketserver.autoconfigure.keys;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.autoconfigure.framing.FramingType;
import dev.socketserver.autoconfigure.properties.EntryNames;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.Percentage;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.WrongValues;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.framing.FramingPreset;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.util.ConcurrentReferenceHashMap;

/**
 * Explains keys that were not bound: refuses those that do not exist, and warns where
 * other programs may have set them. Loaded only if there are such keys, or a value cannot
 * be read.
 */
final class UnknownKeys {

	private static final SafeLogger logger = SafeLogger.of(UnknownKeys.class);

	private static final String PASSWORD = "password";

	/** The keys of types, for which the binder is asked once while there is memory. */
	private static final Map<Class<?>, KnownKeys> KNOWN = new ConcurrentReferenceHashMap<>();

	private final List<ConfigurationPropertyName> blocks;

	private final BindContext context;

	private final @Nullable ModuleKeys modules;

	/** Whether any value may be secret. */
	private final boolean secret;

	private final KnownKeys known;

	private final VariableNames variables;

	private final KeySuggestions suggestions;

	/**
	 * Creates explanations.
	 * @param type the type that is bound
	 * @param blocks the blocks in which its keys are checked
	 * @param secret whether values of unknown keys may be secret
	 * @param context has the sources
	 * @param modules keeps keys that modules would bring
	 */
	UnknownKeys(Class<?> type, List<ConfigurationPropertyName> blocks, boolean secret, BindContext context,
			@Nullable ModuleKeys modules) {
		this.blocks = blocks;
		this.modules = modules;
		this.secret = secret;
		this.context = context;
		this.known = KNOWN.computeIfAbsent(type, (bound) -> new KnownKeys(prefix(bound), bound));
		this.variables = new VariableNames(this.known, context.getSources());
		this.suggestions = new KeySuggestions(this.known);
	}

	private static ConfigurationPropertyName prefix(Class<?> type) {
		ConfigurationProperties annotation = type.getAnnotation(ConfigurationProperties.class);
		return ConfigurationPropertyName.of((annotation != null) ? annotation.value() : "socket");
	}

	/**
	 * Checks the keys of all sources.
	 * @throws InvalidSocketPropertyException if one does not exist
	 */
	void check() {
		for (ConfigurationPropertySource source : this.context.getSources()) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				check(iterable);
			}
		}
	}

	private void check(IterableConfigurationPropertySource source) {
		boolean foreign = VariableNames.areIn(source);
		if (!foreign) {
			refuseTwoSpellings(source);
		}
		// Keys that are not indented enough come first: the entry above them seems to
		// have none.
		List<ConfigurationPropertyName> unknown = new ArrayList<>();
		int outdented = 0;
		for (ConfigurationPropertyName name : source) {
			if (isChecked(name, source) && !this.variables.isKnown(name, source) && !isOfModule(name, source)) {
				unknown.add((this.suggestions.outdented(name) != null) ? outdented++ : unknown.size(), name);
			}
		}
		for (ConfigurationPropertyName name : unknown) {
			report(name, source.getConfigurationProperty(name), foreign);
		}
	}

	/** Whether the module is absent that would bring a key. */
	private boolean isOfModule(ConfigurationPropertyName name, ConfigurationPropertySource source) {
		return this.modules != null && this.modules.keep(name, this.variables.withDashes(name), source);
	}

	private boolean isChecked(ConfigurationPropertyName name, ConfigurationPropertySource source) {
		return this.blocks.stream()
			.anyMatch((block) -> block.equals(name) || block.isAncestorOf(name)
					|| (VariableNames.hasVariables(source) && VariableNames.within(block, name) != null));
	}

	/**
	 * Explains a value that cannot be read.
	 * @param name its property
	 * @param type what it should be
	 * @param error why it cannot be read
	 * @param reading has what was read last
	 * @return whether it is as if it were not there: empty, or only warned about
	 * @throws InvalidSocketPropertyException if it fails the start
	 */
	boolean isIgnored(ConfigurationPropertyName name, Class<?> type, Exception error, BindContext reading) {
		ConfigurationProperty property = failed(name, reading);
		if (property == null) {
			return false;
		}
		String value = property.getValue().toString();
		ConfigurationPropertySource source = property.getSource();
		if (value.isEmpty() && (BeanUtils.isSimpleValueType(type) || type == Percentage.class) || (source != null
				&& VariableNames.areIn(source) && !this.variables.isKnown(property.getName(), source))) {
			return true;
		}
		refuseBlock(name, value);
		throw new InvalidSocketPropertyException(name.toString(), property.getValue(),
				"it must be " + WrongValues.expected(type, property.getValue()), "Change " + name, error);
	}

	/**
	 * Finds the property that failed. The binder has forgotten it if there is no
	 * converter at all.
	 */
	private @Nullable ConfigurationProperty failed(ConfigurationPropertyName name, BindContext reading) {
		ConfigurationProperty property = reading.getConfigurationProperty();
		return (property != null) ? property : property(name);
	}

	private @Nullable ConfigurationProperty property(ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : this.context.getSources()) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				return property;
			}
		}
		return null;
	}

	/**
	 * Refuses a source that spells the name of an entry in two ways: two servers were
	 * meant, of which one would be missing. Only another source may use another spelling,
	 * to override values.
	 */
	private static void refuseTwoSpellings(IterableConfigurationPropertySource source) {
		Map<ConfigurationPropertyName, String> spelled = new HashMap<>();
		for (ConfigurationPropertyName name : source) {
			if (!KnownKeys.ofEntry(name)) {
				continue;
			}
			String entry = name.getElement(KnownKeys.ENTRY, Form.ORIGINAL);
			String known = spelled.putIfAbsent(name.chop(KnownKeys.ENTRY + 1), entry);
			Section section = KnownKeys.SECTIONS.get(name.chop(KnownKeys.ENTRY));
			if (known != null && section != null && !known.equals(entry)) {
				throw EntryNames.notApart(section, known, entry);
			}
		}
	}

	/**
	 * Returns the section of an entry if the name is that of the entry itself, else
	 * {@code null}.
	 */
	private static @Nullable Section parent(ConfigurationPropertyName name) {
		return KnownKeys.SECTIONS.get(name.getParent());
	}

	private void report(ConfigurationPropertyName name, @Nullable ConfigurationProperty property, boolean foreign) {
		Object value = (property != null) ? property.getValue() : "";
		if (isEmptyBlock(name, value)) {
			return;
		}
		if (foreign) {
			ConfigurationPropertyName meant = this.variables.withoutUnderscore(name);
			ConfigurationPropertyName written = this.variables.withDashes(name);
			String type = (meant != null) ? null : framingType(written);
			logger.warn("Property {} is ignored: {}{}", name, noSuchKey(type),
					(meant != null) ? ", nearest: " + this.suggestions.quoted(meant.toString())
							: this.suggestions.nearest(written, this.suggestions.suggestion(written, type)));
			return;
		}
		refuseWithoutName(name, value);
		refuseDefault(name, value);
		if (this.suggestions.outdented(name) == null || value.toString().isEmpty()) {
			refuseBlock(name, value);
		}
		refuseList(name, value);
		String type = framingType(name);
		String suggestion = this.suggestions.suggestion(name, type);
		throw new InvalidSocketPropertyException(name.toString(),
				maybeSecret(name, suggestion) ? Secrets.HIDDEN : value,
				noSuchKey(type) + this.suggestions.nearest(name, suggestion), "Change the key, or remove it"
						+ ((type != null) ? "; " + FramingType.sentence(type, FramingType.keys(type)) : ""));
	}

	/** Refuses a list in the place of a value. */
	private void refuseList(ConfigurationPropertyName name, Object value) {
		int last = name.getNumberOfElements() - 1;
		if (name.isNumericIndex(last) && this.known.isKnown(name.getParent())) {
			throw new InvalidSocketPropertyException(name.toString(), value,
					name.getParent() + " is one value, no list", "Write the value without an index or dash");
		}
	}

	private static String noSuchKey(@Nullable String type) {
		return (type != null) ? "a framing of type '" + type + "' has no such key" : "there is no such key";
	}

	/**
	 * Returns the type of the framing that a key is in, or its preset; {@code null} if it
	 * is in none, or its type is another word.
	 */
	private @Nullable String framingType(ConfigurationPropertyName name) {
		int framing = KnownKeys.framing(name);
		if (framing == 0 || framing == name.getNumberOfElements()) {
			return null;
		}
		ConfigurationProperty property = property(name.chop(framing).append("type"));
		String word = (property != null) ? String.valueOf(property.getValue()) : "";
		return (FramingType.of(word) != null || FramingPreset.of(word) != null) ? word : null;
	}

	/**
	 * Whether the value may be a password, under a key that is misspelled or misplaced.
	 */
	private boolean maybeSecret(ConfigurationPropertyName name, String suggestion) {
		return this.secret || suggestion.endsWith(PASSWORD) || name.getLastElement(Form.UNIFORM).endsWith(PASSWORD);
	}

	/** Refuses a value in the place of a block. */
	private void refuseBlock(ConfigurationPropertyName name, Object value) {
		Section section = parent(name);
		if (section != null && value.toString().isEmpty()) {
			throw new InvalidSocketPropertyException(name + ".port", null,
					section.word() + " '" + name.getLastElement(Form.ORIGINAL) + "' needs a port",
					section.portRemedy());
		}
		if (section != null) {
			throw new InvalidSocketPropertyException(name.toString(), value,
					"a " + section.word() + " is a block of keys",
					"Write the keys below it, such as " + name + ".port");
		}
		String block = this.known.described(name);
		if (!block.isEmpty()) {
			List<String> below = this.known.below(name, "");
			throw new InvalidSocketPropertyException(name.toString(), value, "it is " + block,
					below.isEmpty() ? "Write a list, such as " + name + "[0]." + this.known.below(name, "[]").get(0)
							: "Write the keys below it, such as " + name + "." + below.get(0));
		}
	}

	/** Refuses servers and clients that are written as a list or a word. */
	private static void refuseWithoutName(ConfigurationPropertyName name, Object value) {
		KnownKeys.SECTIONS.forEach((prefix, section) -> {
			if (name.equals(prefix) || (prefix.isAncestorOf(name) && name.isNumericIndex(KnownKeys.ENTRY))) {
				throw new InvalidSocketPropertyException(name.toString(), value,
						section.words() + " are entries, each with a name",
						"Write " + section.property("<name>") + ", and the keys below that");
			}
		});
	}

	private void refuseDefault(ConfigurationPropertyName name, Object value) {
		if (KnownKeys.DEFAULTS.isAncestorOf(name)) {
			String key = name.subName(KnownKeys.DEFAULTS.getNumberOfElements()).toString();
			if (this.known.isOfServers(key)) {
				throw new InvalidSocketPropertyException(name.toString(), value,
						"each server sets it itself, and it is not inherited",
						"Move it to " + Section.SERVERS.property("<name>", key));
			}
		}
	}

	/**
	 * Whether a name is a block below which everything is commented out. A server or
	 * client without keys is none.
	 */
	private boolean isEmptyBlock(ConfigurationPropertyName name, Object value) {
		return value.toString().isEmpty() && parent(name) == null && !this.known.described(name).isEmpty();
	}

}
