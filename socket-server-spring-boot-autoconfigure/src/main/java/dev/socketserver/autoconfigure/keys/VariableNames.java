package dev.socketserver.autoconfigure.keys;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * The keys that environment variables mean. A variable has no dashes: the binder finds it
 * if its name leaves out all dashes of a key, or has underscores for all of them.
 */
final class VariableNames {

	private final KnownKeys known;

	/** The names of blocks with a dash, as sources spell them that can have dashes. */
	private final Set<ConfigurationPropertyName> dashed = new LinkedHashSet<>();

	VariableNames(KnownKeys known, Iterable<ConfigurationPropertySource> sources) {
		this.known = known;
		this.dashed.add(KnownKeys.DEFAULTS);
		for (ConfigurationPropertySource source : sources) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName name : iterable) {
					if (KnownKeys.ofEntry(name) && name.getElement(KnownKeys.ENTRY, Form.DASHED).contains("-")) {
						this.dashed.add(name.chop(KnownKeys.ENTRY + 1));
					}
				}
			}
		}
	}

	/** Whether other programs may set what a source has. */
	static boolean areIn(ConfigurationPropertySource source) {
		return hasVariables(source) || StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME.equals(name(source));
	}

	static boolean hasVariables(ConfigurationPropertySource source) {
		String name = name(source);
		return name.equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)
				|| name.endsWith("-" + StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
	}

	private static String name(ConfigurationPropertySource source) {
		return (source.getUnderlyingSource() instanceof PropertySource<?> underlying) ? underlying.getName() : "";
	}

	/** Whether a key of a source exists. */
	boolean isKnown(ConfigurationPropertyName name, ConfigurationPropertySource source) {
		return hasVariables(source) ? isKnownVariable(name) : this.known.isKnown(name);
	}

	private boolean isKnownVariable(ConfigurationPropertyName name) {
		boolean withoutDashes = false;
		for (ConfigurationPropertyName block : this.dashed) {
			withoutDashes |= block.isAncestorOf(name);
			ConfigurationPropertyName within = within(block, name);
			// The name of another block may begin with the name of this one.
			if (within != null && this.known.isKnownWithUnderscores(within)) {
				return true;
			}
		}
		return this.known.isKnown(name) || (!withoutDashes && this.known.isKnownWithUnderscores(name));
	}

	/**
	 * Returns the key in a block that a variable means if it has underscores for the
	 * block's dashes, else {@code null}.
	 */
	static @Nullable ConfigurationPropertyName within(ConfigurationPropertyName block, ConfigurationPropertyName name) {
		String[] elements = block.toString().split("[-.]");
		if (elements.length >= name.getNumberOfElements()) {
			return null;
		}
		for (int i = 0; i < elements.length; i++) {
			if (!elements[i].equals(name.getElement(i, Form.UNIFORM))) {
				return null;
			}
		}
		return block.append(name.subName(elements.length));
	}

	/**
	 * Returns a name as it would be spelled where dashes are possible: as a key of the
	 * longest block that it may be in.
	 */
	ConfigurationPropertyName withDashes(ConfigurationPropertyName name) {
		return this.dashed.stream()
			.sorted(Comparator.comparingInt((ConfigurationPropertyName block) -> block.toString().length()).reversed())
			.map((block) -> within(block, name))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(name);
	}

	/**
	 * Returns the key that a variable may have meant, else {@code null}: underscores
	 * stand for dots, but may have been meant for dashes in the name of an entry.
	 */
	@Nullable ConfigurationPropertyName withoutUnderscore(ConfigurationPropertyName name) {
		if (KnownKeys.ofEntry(name)) {
			StringBuilder entry = new StringBuilder(name.getElement(KnownKeys.ENTRY, Form.ORIGINAL));
			for (int rest = KnownKeys.ENTRY + 1; rest < name.getNumberOfElements() - 1; rest++) {
				entry.append(name.getElement(rest, Form.ORIGINAL));
				ConfigurationPropertyName meant = name.chop(KnownKeys.ENTRY)
					.append(entry.toString())
					.append(name.subName(rest + 1));
				if (this.known.isKnown(meant) || this.known.isKnownWithUnderscores(meant)) {
					return meant;
				}
			}
		}
		return null;
	}

}
