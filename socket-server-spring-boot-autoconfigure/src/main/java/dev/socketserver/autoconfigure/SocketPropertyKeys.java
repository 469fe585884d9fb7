package dev.socketserver.autoconfigure;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.framing.FramingPreset;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Refuses unknown keys under {@code socket.} before {@link SocketProperties} are bound,
 * and explains values that cannot be read. Unknown keys in environment variables and
 * system properties are only warned about, since other programs set these, too.
 */
final class SocketPropertyKeys implements ConfigurationPropertiesBindHandlerAdvisor {

	private static final Logger logger = LoggerFactory.getLogger(SocketPropertyKeys.class);

	/** The pattern of a case of a framing; the framing within has patterns of its own. */
	private static final String CASE = "cases[].";

	private static final String PASSWORD = "password";

	/** Shown instead of a value that may be secret. */
	private static final String HIDDEN = "******";

	/** What does not exist, though it may be expected beside the defaults of servers. */
	private static final ConfigurationPropertyName CLIENT_DEFAULTS = KnownKeys.PREFIX.append("client-defaults");

	private static final ConfigurationPropertyName REPL = KnownKeys.PREFIX.append("repl");

	private final KnownKeys known = new KnownKeys();

	@Override
	public BindHandler apply(BindHandler bindHandler) {
		return new AbstractBindHandler(bindHandler) {

			@Override
			public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target,
					BindContext context) {
				if (name.equals(KnownKeys.PREFIX) && target.getType().resolve() == SocketProperties.class) {
					Set<ConfigurationPropertyName> dashed = dashed(context);
					for (ConfigurationPropertySource source : context.getSources()) {
						check(source, dashed, context);
					}
				}
				return super.onStart(name, target, context);
			}

			@Override
			public @Nullable Object onFailure(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
					Exception error) throws Exception {
				if (error instanceof UnboundConfigurationPropertiesException unbound
						&& KnownKeys.PREFIX.isAncestorOf(name)) {
					throw behindGap(name, unbound.getUnboundProperties().iterator().next(), error);
				}
				ConfigurationProperty property = (error instanceof ConversionException
						&& KnownKeys.PREFIX.isAncestorOf(name)) ? failed(name, context) : null;
				if (property == null) {
					return super.onFailure(name, target, context, error);
				}
				if (isIgnored(property, context)) {
					return null;
				}
				throw new InvalidSocketPropertyException(name.toString(), property.getValue(),
						"it must be " + expected(target.getType().resolve(Object.class)), "Change " + name, error);
			}

		};
	}

	/**
	 * Returns the exception for a source that has an element of a list, but not all
	 * elements before it.
	 * @param list the list
	 * @param element a property of that element
	 * @param cause what the binder threw, if it was asked
	 */
	static InvalidSocketPropertyException behindGap(ConfigurationPropertyName list, ConfigurationProperty element,
			@Nullable Throwable cause) {
		// Spelled like the list, and not like a variable.
		ConfigurationPropertyName name = list.append(element.getName().subName(list.getNumberOfElements()));
		return new InvalidSocketPropertyException(name.toString(), element.getValue(),
				"the elements of a list are numbered from 0, and the list of one source replaces those of all others",
				"Write all elements in the same source", cause);
	}

	/**
	 * Finds the property that failed. The binder has forgotten it if there is no
	 * converter at all.
	 */
	private static @Nullable ConfigurationProperty failed(ConfigurationPropertyName name, BindContext context) {
		ConfigurationProperty property = context.getConfigurationProperty();
		if (property != null) {
			return property;
		}
		for (ConfigurationPropertySource source : context.getSources()) {
			property = source.getConfigurationProperty(name);
			if (property != null) {
				return property;
			}
		}
		return null;
	}

	/** Whether a property was only warned about, and must not fail the start either. */
	private boolean isIgnored(ConfigurationProperty property, BindContext context) {
		ConfigurationPropertySource source = property.getSource();
		return source != null && setByOthers(source) && !isKnown(property.getName(), source, dashed(context));
	}

	static String expected(Class<?> type) {
		if (type.isEnum()) {
			return Stream.of(type.getEnumConstants()).map(Written::of).collect(Collectors.joining(", ", "one of ", ""));
		}
		return switch (type.getSimpleName()) {
			case "Integer" -> "a whole number";
			case "Boolean", "boolean" -> "true or false";
			case "Double" -> "a number such as 0.5";
			case "DataSize" -> "a size such as 64KB";
			case "Duration" -> "a duration such as 30s";
			case "Charset" -> "a charset that this JVM has, such as UTF-8";
			case "Percentage" -> "a percentage such as 80%";
			default -> "a " + type.getSimpleName();
		};
	}

	/**
	 * Returns the names of the blocks that have a dash, as they are spelled in sources
	 * that can have dashes.
	 */
	private static Set<ConfigurationPropertyName> dashed(BindContext context) {
		Set<ConfigurationPropertyName> dashed = new LinkedHashSet<>();
		dashed.add(KnownKeys.DEFAULTS);
		dashed.add(CLIENT_DEFAULTS);
		for (ConfigurationPropertySource source : context.getSources()) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName name : iterable) {
					if (KnownKeys.ofEntry(name) && name.getElement(KnownKeys.ENTRY, Form.DASHED).contains("-")) {
						dashed.add(name.chop(KnownKeys.ENTRY + 1));
					}
				}
			}
		}
		return dashed;
	}

	private void check(ConfigurationPropertySource source, Set<ConfigurationPropertyName> dashed, BindContext context) {
		if (source instanceof IterableConfigurationPropertySource iterable) {
			boolean foreign = setByOthers(source);
			if (!foreign) {
				refuseTwoSpellings(iterable);
			}
			for (ConfigurationPropertyName name : iterable) {
				if (KnownKeys.PREFIX.isAncestorOf(name) && !isKnown(name, source, dashed)) {
					report(name, source.getConfigurationProperty(name), foreign, dashed, context);
				}
			}
		}
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

	private static boolean setByOthers(ConfigurationPropertySource source) {
		return hasVariables(source) || StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME.equals(name(source));
	}

	private static boolean hasVariables(ConfigurationPropertySource source) {
		String name = name(source);
		return name.equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)
				|| name.endsWith("-" + StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
	}

	private static String name(ConfigurationPropertySource source) {
		return (source.getUnderlyingSource() instanceof PropertySource<?> underlying) ? underlying.getName() : "";
	}

	private boolean isKnown(ConfigurationPropertyName name, ConfigurationPropertySource source,
			Set<ConfigurationPropertyName> dashed) {
		return hasVariables(source) ? isKnownVariable(name, dashed) : this.known.isKnown(name);
	}

	/**
	 * Whether the binder finds a variable, which is so if its name leaves out all dashes,
	 * or has underscores for all of them.
	 */
	private boolean isKnownVariable(ConfigurationPropertyName name, Set<ConfigurationPropertyName> dashed) {
		boolean withoutDashes = false;
		for (ConfigurationPropertyName block : dashed) {
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
	private static @Nullable ConfigurationPropertyName within(ConfigurationPropertyName block,
			ConfigurationPropertyName name) {
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
	private static ConfigurationPropertyName withDashes(ConfigurationPropertyName name,
			Set<ConfigurationPropertyName> dashed) {
		return dashed.stream()
			.sorted(Comparator.comparingInt((ConfigurationPropertyName block) -> block.toString().length()).reversed())
			.map((block) -> within(block, name))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(name);
	}

	/**
	 * Returns the section of an entry if the name is that of the entry itself, else
	 * {@code null}.
	 */
	private static @Nullable Section parent(ConfigurationPropertyName name) {
		return KnownKeys.SECTIONS.get(name.getParent());
	}

	private void report(ConfigurationPropertyName name, @Nullable ConfigurationProperty property, boolean foreign,
			Set<ConfigurationPropertyName> dashed, BindContext context) {
		Object value = (property != null) ? property.getValue() : "";
		if (isEmptyBlock(name, value)) {
			return;
		}
		if (foreign) {
			ConfigurationPropertyName meant = withoutUnderscore(name);
			ConfigurationPropertyName written = withDashes(name, dashed);
			String type = (meant != null) ? null : framingType(written, context);
			logger.warn("Property {} is ignored: {}, nearest: {}", name, noSuchKey(type),
					quoted((meant != null) ? meant.toString() : nearest(written, type)));
			return;
		}
		refuseWithoutName(name, value);
		refuseDefault(name, value);
		refuseClientDefault(name, value);
		if (outdented(name) == null || value.toString().isEmpty()) {
			refuseBlock(name, value);
		}
		String type = framingType(name, context);
		String nearest = nearest(name, type);
		throw new InvalidSocketPropertyException(name.toString(), maybeSecret(name, nearest) ? HIDDEN : value,
				noSuchKey(type) + ", nearest: " + quoted(nearest), "Change the key, or remove it");
	}

	/** Quotes a key, and says so if it is a block, which cannot have a value. */
	private String quoted(String key) {
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(key.replaceAll("[<>]|\\[]", ""), '.');
		String quoted = "'" + key + "'";
		List<String> below = this.known.below(name, "");
		if (!below.isEmpty()) {
			return quoted + ", a block with the keys " + String.join(", ", below);
		}
		List<String> elements = this.known.below(name, "[]");
		return elements.isEmpty() ? quoted : quoted + ", a list of blocks with the keys " + String.join(", ", elements);
	}

	private static String noSuchKey(@Nullable String type) {
		return (type != null) ? "a framing of type '" + type + "' has no such key" : "there is no such key";
	}

	/**
	 * Returns the type of the framing that a key is in, or its preset; {@code null} if it
	 * is in none, or its type is another word.
	 */
	private static @Nullable String framingType(ConfigurationPropertyName name, BindContext context) {
		int framing = KnownKeys.framing(name);
		if (framing == 0 || framing == name.getNumberOfElements()) {
			return null;
		}
		ConfigurationPropertyName type = name.chop(framing).append("type");
		for (ConfigurationPropertySource source : context.getSources()) {
			ConfigurationProperty property = source.getConfigurationProperty(type);
			if (property != null) {
				String word = String.valueOf(property.getValue());
				return (FramingType.of(word) != null || FramingPreset.of(word) != null) ? word : null;
			}
		}
		return null;
	}

	/**
	 * Whether the value may be a password, under a key that is misspelled or misplaced.
	 */
	private static boolean maybeSecret(ConfigurationPropertyName name, String nearest) {
		return REPL.isAncestorOf(name) || nearest.endsWith(PASSWORD)
				|| name.getLastElement(Form.UNIFORM).endsWith(PASSWORD);
	}

	/** Refuses a value in the place of a block. */
	private void refuseBlock(ConfigurationPropertyName name, Object value) {
		Section section = parent(name);
		if (section != null && value.toString().isEmpty()) {
			throw new InvalidSocketPropertyException(name + ".port", null,
					section.word() + " '" + name.getLastElement(Form.ORIGINAL) + "' needs a port",
					(section == Section.SERVERS) ? ServerSpecs.PORT_REMEDY : ClientSpecs.PORT_REMEDY);
		}
		if (section != null) {
			throw new InvalidSocketPropertyException(name.toString(), value,
					"a " + section.word() + " is a block of keys",
					"Write the keys below it, such as " + name + ".port");
		}
		List<String> below = this.known.below(name, "");
		if (!below.isEmpty()) {
			throw new InvalidSocketPropertyException(name.toString(), value,
					"it is a block with the keys " + String.join(", ", below),
					"Write the keys below it, such as " + name + "." + below.get(0));
		}
		List<String> elements = this.known.below(name, "[]");
		if (!elements.isEmpty()) {
			throw new InvalidSocketPropertyException(name.toString(), value,
					"it is a list of blocks with the keys " + String.join(", ", elements),
					"Write a list, such as " + name + "[0]." + elements.get(0));
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
			if (this.known.isKnown(Section.SERVERS, key)) {
				throw new InvalidSocketPropertyException(name.toString(), value,
						"each server sets it itself, and it is not inherited",
						"Move it to " + Section.SERVERS.property("<name>", key));
			}
		}
	}

	/** Refuses defaults of clients, which one may expect beside those of servers. */
	private static void refuseClientDefault(ConfigurationPropertyName name, Object value) {
		if (isClientDefault(name)) {
			throw new InvalidSocketPropertyException(name.toString(), maybeSecret(name, "") ? HIDDEN : value,
					"clients have no shared defaults, and each client sets its keys itself",
					"Move it to " + ofOneClient(name));
		}
	}

	private static boolean isClientDefault(ConfigurationPropertyName name) {
		return isDefault(name, "client");
	}

	/** Whether a name is that of the defaults of one side, or nearly so. */
	private static boolean isDefault(ConfigurationPropertyName name, String side) {
		return name.getElement(1, Form.UNIFORM).matches(side + "s?defaults?");
	}

	private static String ofOneClient(ConfigurationPropertyName name) {
		ConfigurationPropertyName key = name.subName(CLIENT_DEFAULTS.getNumberOfElements());
		return Section.CLIENTS.property("<name>") + (key.isEmpty() ? "" : "." + key);
	}

	/**
	 * Whether a name is a block below which everything is commented out. A server or
	 * client without keys is none.
	 */
	private boolean isEmptyBlock(ConfigurationPropertyName name, Object value) {
		return value.toString().isEmpty() && parent(name) == null
				&& !(this.known.below(name, "").isEmpty() && this.known.below(name, "[]").isEmpty());
	}

	/**
	 * Returns the key that a variable may have meant, else {@code null}: underscores
	 * stand for dots, but may have been meant for dashes in the name of an entry.
	 */
	private @Nullable ConfigurationPropertyName withoutUnderscore(ConfigurationPropertyName name) {
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

	/**
	 * Returns the key of an entry that was meant if this one is not indented enough to be
	 * within one, else {@code null}.
	 */
	private @Nullable String outdented(ConfigurationPropertyName name) {
		if (!KnownKeys.ofEntry(name)) {
			return null;
		}
		ConfigurationPropertyName section = name.chop(KnownKeys.ENTRY);
		ConfigurationPropertyName key = name.subName(KnownKeys.ENTRY);
		return this.known.isKnown(section.append("any").append(key)) ? section + ".<name>." + key : null;
	}

	/**
	 * Returns the key of an entry that was meant if the name of the section is
	 * misspelled, as in {@code socket.server.<name>.port}, else {@code null}.
	 */
	private @Nullable String inMisspelledSection(ConfigurationPropertyName name, @Nullable String type) {
		if (KnownKeys.ofEntry(name) || isDefault(name, "server")) {
			return null;
		}
		for (Map.Entry<ConfigurationPropertyName, Section> section : KnownKeys.SECTIONS.entrySet()) {
			if (Nearest.isNear(name.getElement(1, Form.ORIGINAL), section.getValue().words())) {
				if (name.getNumberOfElements() == KnownKeys.ENTRY || name.isNumericIndex(KnownKeys.ENTRY)) {
					return section.getValue().property("<name>", "port");
				}
				ConfigurationPropertyName meant = section.getKey().append(name.subName(KnownKeys.ENTRY));
				if (this.known.isKnown(meant)) {
					return meant.toString();
				}
				boolean entry = parent(meant) != null && outdented(meant) == null;
				return entry ? meant + ".port" : nearest(meant, type);
			}
		}
		return null;
	}

	/**
	 * Returns the known key that is nearest to one that is not.
	 * @param name the property
	 * @param type the {@linkplain #framingType type of framing} whose keys may be meant
	 */
	private String nearest(ConfigurationPropertyName name, @Nullable String type) {
		if (isClientDefault(name)) {
			return ofOneClient(name);
		}
		String elsewhere = inMisspelledSection(name, type);
		if (elsewhere == null) {
			elsewhere = outdented(name);
		}
		if (elsewhere != null) {
			return elsewhere;
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
					: block + "." + Nearest.to(written, FramingKeys.of(type)).get(0);
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
		String nearest = Nearest.to(written, candidates).get(0);
		return nearest.replace("*",
				KnownKeys.ofEntry(name) ? name.getElement(KnownKeys.ENTRY, Form.ORIGINAL) : "<name>");
	}

}
