package dev.socketserver.autoconfigure.properties;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The values of a block of properties, which are handed to methods of the same names:
 * those that copy a block of a specification with another value, or the setters of a
 * builder. So no line maps a key, and a block that is set costs no lambdas.
 */
public final class SameNames {

	private final Record values;

	private final Set<String> others;

	/**
	 * Creates the object.
	 * @param values the values; those that are {@code null} are not handed over
	 * @param others the components that the caller hands over itself
	 */
	public SameNames(Record values, String... others) {
		this.values = values;
		this.others = Set.of(others);
	}

	/**
	 * Hands the values over, in the order of the components.
	 * @param type has a method with one parameter for each component
	 * @param target the object whose methods are called; the next is called on what the
	 * last one returned
	 * @param reader returns what a value is there, of the name of its key
	 * @param <T> the type
	 * @return what the last method returned
	 * @throws IllegalStateException if there is no such method
	 */
	public <T> T over(Class<T> type, T target, BiFunction<String, Object, @Nullable Object> reader) {
		T result = target;
		for (RecordComponent component : this.values.getClass().getRecordComponents()) {
			String name = component.getName();
			Object value = this.others.contains(name) ? null
					: ReflectionUtils.invokeMethod(component.getAccessor(), this.values);
			if (value != null) {
				Object read = reader.apply(DataObjectPropertyName.toDashedForm(name), value);
				Object copy = ReflectionUtils.invokeMethod(method(type, name, read), result, read);
				result = type.cast(Objects.requireNonNull(copy));
			}
		}
		return result;
	}

	/** Returns the keys of a block, and those of blocks in it, in their order. */
	public static Stream<String> keys(String block, Class<?> type) {
		return !type.isRecord() ? Stream.of(block) : Stream.of(type.getRecordComponents())
			.flatMap((component) -> keys(key(block, component), component.getType()));
	}

	/** Returns the key of one value of a block. */
	static String key(String block, RecordComponent component) {
		return block + "." + DataObjectPropertyName.toDashedForm(component.getName());
	}

	private static Method method(Class<?> type, String name, @Nullable Object value) {
		for (Method method : type.getMethods()) {
			if (method.getName().equals(name) && method.getParameterCount() == 1
					&& ClassUtils.isAssignableValue(method.getParameterTypes()[0], value)) {
				return method;
			}
		}
		throw new IllegalStateException("%s has no method %s that takes %s".formatted(type.getName(), name, value));
	}

}
