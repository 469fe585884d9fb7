package dev.socketserver.autoconfigure.properties;

import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * What is said about values that cannot be read.
 */
public final class WrongValues {

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
	 * Refuses what is wrong with a value of any type.
	 * @param property the property's full name
	 * @param written its value as it is written
	 * @param value its value with placeholders resolved
	 * @throws InvalidSocketPropertyException if it is blank, or a placeholder is left
	 */
	public static void refuse(String property, String written, @Nullable String value) {
		refuseBlank(property, value);
		refuseUnresolved(property, written, value);
	}

	/**
	 * Refuses a placeholder that nothing resolves, which would be taken for the text
	 * itself: for a host, or for a secret that everybody knows.
	 */
	private static void refuseUnresolved(String property, String written, @Nullable String value) {
		// A port that is named by what listens has a value later.
		if (value != null && value.contains("${") && !value.contains("${local.") && !written.contains("\\${")) {
			throw new InvalidSocketPropertyException(property, value, "its placeholder has no value",
					"Set what it names, or give it a default after a colon");
		}
	}

	/**
	 * Returns what a value of a type looks like. A number that is only too large, or too
	 * small, has the limit.
	 */
	public static String expected(Class<?> type, @Nullable Object value) {
		String expected = expected(type);
		if (!expected.equals("a whole number") || value == null || !value.toString().matches("-?[0-9]+")) {
			return expected;
		}
		return expected + (value.toString().startsWith("-") ? " of at least " + Integer.MIN_VALUE
				: " of at most " + Integer.MAX_VALUE);
	}

	/** Returns what a value of a type looks like. */
	public static String expected(Class<?> type) {
		if (type.isEnum()) {
			return Stream.of(type.getEnumConstants()).map(Written::of).collect(Collectors.joining(", ", "one of ", ""));
		}
		return switch (type.getSimpleName()) {
			case "Integer", "int" -> "a whole number";
			case "Boolean", "boolean" -> "true or false";
			case "Double" -> "a number such as 0.5";
			case "DataSize" -> "a size such as 64KB";
			case "Duration" -> "a duration such as 30s";
			case "Charset" -> "a charset that this JVM has, such as UTF-8";
			case "Percentage" -> "a percentage such as 80%";
			default -> "a " + type.getSimpleName();
		};
	}

}
