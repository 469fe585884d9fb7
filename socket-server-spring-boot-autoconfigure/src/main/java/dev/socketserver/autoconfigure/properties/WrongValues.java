package dev.socketserver.autoconfigure.properties;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.unit.DataSize;

/**
 * What is said about values that cannot be read.
 */
public final class WrongValues {

	/** Durations and sizes of any number. */
	private static final Map<Class<?>, String> WITH_UNITS = Map.of(Duration.class, "[+-]?[0-9]+(ns|us|ms|s|m|h|d)?",
			DataSize.class, "[+-]?[0-9]+(B|KB|MB|GB|TB)?");

	/** How units are written, and then what people write for them in lower case. */
	private static final Map<Class<?>, List<String>> UNITS = Map.of(Duration.class,
			List.of("ns nano nanos nanosecond nanoseconds", "us micro micros microsecond microseconds",
					"ms milli millis msec millisecond milliseconds", "s sec secs second seconds",
					"m min mins minute minutes", "h hr hrs hour hours", "d day days"),
			DataSize.class,
			List.of("B b byte bytes", "KB kb k kib kilobyte kilobytes", "MB mb m mib megabyte megabytes",
					"GB gb g gib gigabyte gigabytes", "TB tb t tib terabyte terabytes"));

	private static final Pattern WORDS = Pattern.compile("([0-9]+)\\s*([a-z]+)");

	private WrongValues() {
	}

	/**
	 * Returns the exception for a source that has an element of a list, but not all
	 * elements before it.
	 * @param list the list
	 * @param element a property of that element
	 * @param cause what the binder threw, if it was asked
	 */
	public static InvalidSocketPropertyException afterGap(ConfigurationPropertyName list, ConfigurationProperty element,
			@Nullable Throwable cause) {
		// Spelled like the list, and not like a variable.
		ConfigurationPropertyName name = list.append(element.getName().subName(list.getNumberOfElements()));
		return new InvalidSocketPropertyException(name.toString(), element.getValue(),
				"the elements of a list are numbered from 0, and the list of one source replaces those of all others",
				"Write all elements in the same source", cause);
	}

	/**
	 * Refuses a value of nothing but white space, such as that of a placeholder whose
	 * default is a space. A reference to nothing would switch off what it is for.
	 * @param property the property's full name
	 * @param value its value, or {@code null} if it is not set
	 * @throws InvalidSocketPropertyException if it is blank, and not empty
	 */
	public static void refuseBlank(String property, @Nullable String value) {
		if (value != null && !value.isEmpty() && value.isBlank()) {
			throw new InvalidSocketPropertyException(property, value, "it must not be blank",
					"Change %s, or remove it".formatted(property));
		}
	}

	/**
	 * Refuses a placeholder that nothing resolves, which would be taken for the text
	 * itself: for a host, or for a secret that everybody knows.
	 * @param property the property's full name
	 * @param written its value as it is written
	 * @param value its value with placeholders resolved, or {@code null} if it is not set
	 * @throws InvalidSocketPropertyException if a placeholder is left
	 */
	public static void refuseUnresolved(String property, String written, @Nullable String value) {
		// A port that is named by what listens has a value later. No other text has.
		boolean port = property.endsWith(".port") || property.contains(".addresses");
		boolean later = port && value != null && value.contains("${local.");
		if (value != null && value.contains("${") && !later && !written.contains("\\${")) {
			throw new InvalidSocketPropertyException(property, value, "its placeholder has no value",
					"Set what it names, or give it a default after a colon");
		}
	}

	/**
	 * Returns what a value of a type looks like. A value that is only too large, or too
	 * small, has the limit.
	 * @param type the type
	 * @param value the value, which is none of that type, or {@code null} if there is
	 * none
	 */
	public static String expected(Class<?> type, @Nullable Object value) {
		String expected = expected(type);
		String written = (value != null) ? value.toString() : "";
		if (!written.matches(WITH_UNITS.getOrDefault(type, "-?[0-9]+"))) {
			return expected + nearest(type, written);
		}
		boolean negative = written.startsWith("-");
		if (expected.equals("a whole number")) {
			return expected + (negative ? " of at least " + Integer.MIN_VALUE : " of at most " + Integer.MAX_VALUE);
		}
		return WITH_UNITS.containsKey(type) ? expected + ", and not so " + (negative ? "small" : "large") : expected;
	}

	/** Says how a number with its unit in words is written. */
	private static String nearest(Class<?> type, String written) {
		Matcher words = WORDS.matcher(written.trim().toLowerCase(Locale.ROOT));
		List<String> units = UNITS.getOrDefault(type, List.of());
		if (words.matches()) {
			for (String unit : units) {
				String[] names = unit.split(" ");
				for (String name : names) {
					if (words.group(2).equals(name)) {
						return ": " + words.group(1) + names[0];
					}
				}
			}
		}
		return "";
	}

	private static String expected(Class<?> type) {
		if (type.isEnum()) {
			return Stream.of(type.getEnumConstants()).map(Written::of).collect(Collectors.joining(", ", "one of ", ""));
		}
		return switch (type.getSimpleName()) {
			case "Integer", "int" -> "a whole number";
			case "Boolean", "boolean" -> "true or false";
			case "Double" -> "a number such as 0.5";
			case "DataSize" -> "a size such as 64KB, in B, KB, MB, GB or TB, or a number of bytes";
			case "Duration" -> "a duration such as 30s, in ns, us, ms, s, m, h or d, or a number of milliseconds";
			case "Charset" -> "a charset that this JVM has, such as UTF-8";
			case "Percentage" -> "a percentage such as 80%";
			default -> "a " + type.getSimpleName();
		};
	}

}
