package dev.socketserver.handler.payload;

import java.lang.reflect.Method;
import java.util.stream.Stream;

import org.springframework.core.KotlinDetector;
import org.springframework.util.ClassUtils;

/**
 * Types of Kotlin that correspond to something in Java. Known by name, since Kotlin may
 * not be on the class path.
 */
public final class KotlinTypes {

	private static final String UNIT = "kotlin.Unit";

	private static final String FUNCTIONS = "kotlin.jvm.functions.";

	private static final String COROUTINES = "kotlinx.coroutines.";

	private KotlinTypes() {
	}

	/**
	 * Whether a class is {@code Unit}, whose only value stands for none, like
	 * {@code void}, where something has to be returned, as for
	 * {@code Function<String, Unit>}, or for {@code Unit?}.
	 * @param type the class
	 * @return whether it is
	 */
	public static boolean isUnit(Class<?> type) {
		return type.getName().equals(UNIT);
	}

	/**
	 * Whether a class is a function type of Kotlin, such as {@code (String) -> String}.
	 * @param type the class
	 * @return whether it is
	 */
	public static boolean isFunction(Class<?> type) {
		return Stream.concat(Stream.of(type), Stream.of(ClassUtils.getAllInterfacesForClass(type)))
			.anyMatch((known) -> known.getName().startsWith(FUNCTIONS));
	}

	/**
	 * Returns the name of a function as it stands in the source: without what the
	 * compiler adds to that of an internal one, and where a value class is among its
	 * types.
	 * @param method the function
	 * @return its name
	 */
	public static String nameOf(Method method) {
		String name = method.getName();
		return KotlinDetector.isKotlinType(method.getDeclaringClass())
				? name.replaceFirst("(-[\\w-]{7})?(\\$[\\w-]+)?$", "") : name;
	}

	/**
	 * Whether a class belongs to coroutines, such as {@code Flow} and {@code Deferred}.
	 * @param type the class
	 * @return whether it does
	 */
	static boolean isOfCoroutines(Class<?> type) {
		return type.getName().startsWith(COROUTINES);
	}

}
