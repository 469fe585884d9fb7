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

	/** Returns what a value of a type looks like. */
	public static String expected(Class<?> type) {
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

}
