package dev.socketserver.autoconfigure.framing;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.WrongValues;
import dev.socketserver.framing.ByteValues;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PlaceholdersResolver;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * A block of properties, a framing for example, whose values are read as they are
 * written. An exception for a value that cannot be read has the full name of its
 * property.
 */
final class FramingBlock {

	private static final String BYTES_REMEDY = "Write bytes as \"hex:0d0a\", or as text with escapes such as \\r\\n";

	private static final Pattern HEXADECIMAL_NUMBER = Pattern.compile("0[xX][0-9a-fA-F]+");

	private final List<ConfigurationPropertySource> sources;

	private final PlaceholdersResolver placeholders;

	private final Binder binder;

	private final ConfigurationPropertyName name;

	private FramingBlock(List<ConfigurationPropertySource> sources, PlaceholdersResolver placeholders,
			ConfigurationPropertyName name) {
		this.sources = sources;
		this.placeholders = placeholders;
		this.binder = new Binder(sources, placeholders);
		this.name = name;
	}

	static FramingBlock of(Environment environment, String name) {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			sources.add(source);
		}
		return new FramingBlock(sources, new PropertySourcesPlaceholdersResolver(environment),
				ConfigurationPropertyName.of(name));
	}

	/** Returns the full name of the property at the name itself. */
	String property() {
		return this.name.toString();
	}

	/** Returns the full name of the property of a key. */
	String property(String key) {
		return this.name.append(key).toString();
	}

	/** Whether any source has a value at the name, or below it. */
	boolean isPresent() {
		for (ConfigurationPropertySource source : this.sources) {
			if (holds(source, this.name) || holdsBelow(source, this.name)) {
				return true;
			}
		}
		return false;
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
				String word = text(this.name);
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
			.map((below) -> new FramingBlock(this.sources, this.placeholders, below))
			.orElse(this);
	}

	/** Returns the value at the name itself, as it is written. */
	@Nullable Object written() {
		return written(this.name);
	}

	/** Returns a block of the same name without any values. */
	FramingBlock empty() {
		return new FramingBlock(List.of(), this.placeholders, this.name);
	}

	FramingBlock block(String key) {
		return new FramingBlock(this.sources, this.placeholders, this.name.append(key));
	}

	/**
	 * Returns the elements of a list of blocks. As with every list, all of them are from
	 * the first source that has any.
	 */
	List<FramingBlock> blocks(String key) {
		ConfigurationPropertyName list = this.name.append(key);
		List<FramingBlock> blocks = new ArrayList<>();
		for (ConfigurationPropertySource source : this.sources) {
			FramingBlock element = element(source, list, 0);
			while (element.isPresent()) {
				blocks.add(element);
				element = element(source, list, blocks.size());
			}
			checkNoGap(source, list, blocks.size());
			if (!blocks.isEmpty()) {
				return blocks;
			}
		}
		return blocks;
	}

	private static void checkNoGap(ConfigurationPropertySource source, ConfigurationPropertyName list, int size) {
		if (source instanceof IterableConfigurationPropertySource iterable) {
			iterable.stream()
				.filter((name) -> list.isAncestorOf(name) && isAfter(name, list.getNumberOfElements(), size))
				.map(source::getConfigurationProperty)
				.filter(Objects::nonNull)
				.findFirst()
				.ifPresent((property) -> {
					throw WrongValues.afterGap(list, property, null);
				});
		}
	}

	private static boolean isAfter(ConfigurationPropertyName name, int index, int size) {
		String number = name.getElement(index, Form.UNIFORM);
		return name.isNumericIndex(index) && (number.length() > 9 || Integer.parseInt(number) >= size);
	}

	private FramingBlock element(ConfigurationPropertySource source, ConfigurationPropertyName list, int index) {
		return new FramingBlock(List.of(source), this.placeholders, list.append("[" + index + "]"));
	}

	@Nullable String text(String key) {
		return text(this.name.append(key));
	}

	private @Nullable String text(ConfigurationPropertyName property) {
		String text = read(property, Bindable.of(String.class), "text");
		WrongValues.refuseUnresolved(property.toString(), String.valueOf(written(property)), text);
		return text;
	}

	/** Reads a text that is not bytes, so that an empty one is none. */
	void text(String key, Consumer<String> action) {
		String text = text(key);
		accept((text != null && text.isEmpty()) ? null : text, action);
	}

	<T> void value(String key, Class<T> type, Consumer<T> action) {
		ConfigurationPropertyName property = this.name.append(key);
		T value = read(property, Bindable.of(type), WrongValues.expected(type, written(property)));
		if (value == null) {
			WrongValues.refuseBlank(property.toString(), text(property));
		}
		accept(value, action);
	}

	void bytes(String key, Consumer<byte[]> action) {
		String text = text(key);
		if (text != null) {
			action.accept(parse(property(key), text));
		}
	}

	byte[] requiredBytes(String key) {
		String text = text(key);
		if (text == null) {
			throw new InvalidSocketPropertyException(property(key), null, "bytes are needed", BYTES_REMEDY);
		}
		return parse(property(key), text);
	}

	/** Returns the elements of a list of bytes, each with its property. */
	List<Bytes> listOfBytes(String key) {
		ConfigurationPropertyName list = this.name.append(key);
		// Not bound as a list, since the text would be split at commas and trimmed.
		String single = text(list);
		if (single != null && !single.isEmpty()) {
			return List.of(new Bytes(list.toString(), single, parse(list.toString(), single)));
		}
		List<String> texts = read(list, Bindable.listOf(String.class), "a list");
		List<Bytes> elements = new ArrayList<>();
		if (texts != null) {
			for (String text : texts) {
				String property = list + "[" + elements.size() + "]";
				Object written = written(list.append("[" + elements.size() + "]"));
				WrongValues.refuseUnresolved(property, String.valueOf(written), text);
				elements.add(new Bytes(property, text, parse(property, text)));
			}
		}
		return elements;
	}

	/**
	 * Reads bytes. Digits alone are refused: they may be the number that YAML makes of
	 * {@code 0x0D0A}. In quotes, or in another format, the same would be a text of six
	 * characters, which is refused too.
	 */
	private static byte[] parse(String property, String text) {
		if (!text.isEmpty() && text.chars().allMatch((character) -> character >= '0' && character <= '9')) {
			throw new InvalidSocketPropertyException(property, text,
					"it is a number, but must be bytes: YAML reads 0x0D0A as the number 3338, and 0141 as 97",
					"Write bytes in hexadecimal, and quote it: \"%s\" is the number %s, \"%s\" are its digits as text"
						.formatted(ByteValues.format(number(text)), text, ByteValues.format(ascii(text))));
		}
		if (HEXADECIMAL_NUMBER.matcher(text).matches()) {
			String digits = text.substring(2).toLowerCase(Locale.ROOT);
			throw new InvalidSocketPropertyException(property, text,
					"it would be read as text, but is probably meant as bytes",
					"Write bytes in hexadecimal: \"hex:%s\" is the number, \"%s\" is the text"
						.formatted(((digits.length() % 2 != 0) ? "0" : "") + digits, ByteValues.format(ascii(text))));
		}
		if (text.chars().anyMatch((character) -> character >= 0x80 && character <= 0xFF)) {
			throw new InvalidSocketPropertyException(property, text,
					"it has characters from 0x80 to 0xFF, such as YAML makes of \"\\xC0\", which are not single bytes",
					"Write the bytes in hexadecimal, such as \"hex:c0\"");
		}
		try {
			return ByteValues.parse(text);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSocketPropertyException(property, text, String.valueOf(ex.getMessage()), BYTES_REMEDY, ex);
		}
	}

	/** Returns the bytes of a number that may have been written in hexadecimal. */
	private static byte[] number(String digits) {
		byte[] bytes = new BigInteger(digits).toByteArray();
		return (bytes.length > 1 && bytes[0] == 0) ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	private <T> @Nullable T read(ConfigurationPropertyName property, Bindable<T> type, String expected) {
		try {
			return this.binder.bind(property, type).orElse(null);
		}
		catch (BindException ex) {
			if (ex.getCause() instanceof UnboundConfigurationPropertiesException unbound) {
				throw WrongValues.afterGap(property, unbound.getUnboundProperties().iterator().next(), ex);
			}
			throw new InvalidSocketPropertyException(property.toString(), written(property), "it must be " + expected,
					"Change " + property, ex);
		}
	}

	/** Returns the value of a property as it is written, of whatever type. */
	private @Nullable Object written(ConfigurationPropertyName property) {
		return this.sources.stream()
			.map((source) -> source.getConfigurationProperty(property))
			.filter(Objects::nonNull)
			.map(ConfigurationProperty::getValue)
			.findFirst()
			.orElse(null);
	}

	private static <T> void accept(@Nullable T value, Consumer<T> action) {
		if (value != null) {
			action.accept(value);
		}
	}

	private static boolean holds(ConfigurationPropertySource source, ConfigurationPropertyName name) {
		return source.getConfigurationProperty(name) != null;
	}

	private static boolean holdsBelow(ConfigurationPropertySource source, ConfigurationPropertyName name) {
		return source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT;
	}

	/**
	 * Bytes, and the property that they were read from.
	 *
	 * @param property the property's full name
	 * @param text its value
	 * @param bytes the bytes that the text stands for
	 */
	record Bytes(String property, String text, byte[] bytes) {

	}

}
