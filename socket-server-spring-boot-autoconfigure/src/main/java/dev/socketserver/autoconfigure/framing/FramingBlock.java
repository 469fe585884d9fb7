package dev.socketserver.autoconfigure.framing;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import dev.socketserver.autoconfigure.framing.FramingProperties.ByteOrder;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.SameNames;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * A framing as the properties have it: a word, or a block of keys, which Boot's binder
 * binds once its type is known.
 *
 * @param environment resolves placeholders
 * @param checks explains values that cannot be read, with the full name of their property
 * @param sources the sources that may have it
 * @param name its name
 */
record FramingBlock(Environment environment, ConfigurationPropertiesBindHandlerAdvisor checks,
		List<ConfigurationPropertySource> sources, ConfigurationPropertyName name) {

	/** Returns the full name of the property at the name itself. */
	String property() {
		return this.name.toString();
	}

	/** Returns the full name of the property of a key. */
	String property(String key) {
		return this.name + "." + key;
	}

	/** Whether any source has a value at the name, or below it. */
	boolean isPresent() {
		return this.sources.stream().anyMatch((source) -> holds(source, this.name) || holdsBelow(source, this.name));
	}

	/** Whether any source has a value at a key, or below it. */
	boolean has(String key) {
		return block(key).isPresent();
	}

	/**
	 * Returns the value at the name itself, or {@code null} if there is a block instead.
	 * The first source that has either decides, so that a word overrides a block, and the
	 * other way round.
	 */
	@Nullable String word() {
		for (ConfigurationPropertySource source : this.sources) {
			boolean block = holdsBelow(source, this.name);
			if (holds(source, this.name)) {
				String word = text();
				if (block) {
					throw new InvalidSocketPropertyException(property(), word,
							"it is a word, but there are also keys below it", "Write a word, or a block with its type");
				}
				return word;
			}
			if (block) {
				return null;
			}
		}
		return null;
	}

	/** Returns the value at the name itself, whether or not there is a block. */
	@Nullable String text() {
		return binder(this.sources).bind(this.name, Bindable.of(String.class)).orElse(null);
	}

	/**
	 * Returns the first property below the name, such as the first element of a list, or
	 * this block if there is none.
	 */
	FramingBlock first() {
		return this.sources.stream()
			.filter((source) -> !holds(source, this.name) && source instanceof IterableConfigurationPropertySource)
			.flatMap((source) -> ((IterableConfigurationPropertySource) source).stream())
			.filter(this.name::isAncestorOf)
			.findFirst()
			.map((below) -> in(this.sources, below))
			.orElse(this);
	}

	/** Returns the value at the name itself, as it is written. */
	@Nullable Object written() {
		return this.sources.stream()
			.map((source) -> source.getConfigurationProperty(this.name))
			.filter(Objects::nonNull)
			.map(ConfigurationProperty::getValue)
			.findFirst()
			.orElse(null);
	}

	/** Returns a block of the same name without any values. */
	FramingBlock empty() {
		return in(List.of(), this.name);
	}

	FramingBlock block(String key) {
		return in(this.sources, this.name.append(key));
	}

	/**
	 * Returns an element of a list of blocks. As with every list, all of them are from
	 * the first source that has any.
	 */
	FramingBlock element(String key, int index) {
		ConfigurationPropertyName list = this.name.append(key);
		return in(this.sources.stream().filter((source) -> holdsBelow(source, list)).limit(1).toList(),
				list.append("[" + index + "]"));
	}

	private FramingBlock in(List<ConfigurationPropertySource> sources, ConfigurationPropertyName name) {
		return new FramingBlock(this.environment, this.checks, sources, name);
	}

	/**
	 * Binds keys of the block.
	 * @param keys a record of keys
	 * @return the record, without values if there are none
	 */
	<T> T bind(Class<T> keys) {
		// A word of another source would be taken for the whole block.
		Stream<ConfigurationPropertySource> blocks = this.sources.stream()
			.map((source) -> holds(source, this.name) ? source.filter((key) -> !key.equals(this.name)) : source);
		return binder(blocks.toList()).bindOrCreate(this.name, Bindable.of(keys),
				this.checks.apply(BindHandler.DEFAULT));
	}

	/**
	 * Hands over keys to the setters of the same names. A text is bytes there.
	 * @param keys the values of the keys
	 * @param type has the setters
	 * @param builder takes the values
	 * @param others the keys that the caller hands over itself
	 */
	<B> void set(Record keys, Class<B> type, B builder, String... others) {
		new SameNames(keys, others).over(type, builder, (key, value) -> {
			if (value instanceof ByteOrder order) {
				return order.javaOrder();
			}
			return (value instanceof String text) ? PropertyBytes.of(property(key), text).bytes() : value;
		});
	}

	private Binder binder(List<ConfigurationPropertySource> sources) {
		return new Binder(sources, new PropertySourcesPlaceholdersResolver(this.environment));
	}

	/**
	 * Reads a list of bytes, each with its property.
	 * @param key the key of the list
	 * @param texts what was bound
	 */
	List<PropertyBytes> bytes(String key, @Nullable List<String> texts) {
		// What is no list is split at commas and trimmed when it is bound.
		String single = block(key).text();
		if (single != null && !single.isEmpty()) {
			return List.of(PropertyBytes.of(property(key), single));
		}
		List<PropertyBytes> elements = new ArrayList<>();
		for (String text : (texts != null) ? texts : List.<String>of()) {
			elements.add(PropertyBytes.of(property(key) + "[" + elements.size() + "]", text));
		}
		return elements;
	}

	private static boolean holds(ConfigurationPropertySource source, ConfigurationPropertyName name) {
		return source.getConfigurationProperty(name) != null;
	}

	private static boolean holdsBelow(ConfigurationPropertySource source, ConfigurationPropertyName name) {
		return source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT;
	}

}
