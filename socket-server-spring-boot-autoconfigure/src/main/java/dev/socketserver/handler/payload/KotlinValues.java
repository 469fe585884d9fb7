package dev.socketserver.handler.payload;

import java.lang.reflect.Method;

import kotlin.ResultKt;
import org.jspecify.annotations.Nullable;

import org.springframework.core.KotlinDetector;
import org.springframework.util.ReflectionUtils;

/**
 * What functions of Kotlin return, as it is sent. Known by name, since Kotlin may not be
 * on the class path.
 */
public final class KotlinValues {

	private static final String FAILURE = "kotlin.Result$Failure";

	private KotlinValues() {
	}

	/**
	 * Takes the value out of an object of a value class, as the compiler does where it
	 * can. The failure of a {@code Result} is thrown like any other.
	 * @param value what a function has returned
	 * @return the value, which is the same unless its class is a value class
	 * @throws Exception the failure
	 */
	public static @Nullable Object unboxed(Object value) throws Exception {
		Class<?> type = value.getClass();
		if (type.getName().equals(FAILURE)) {
			ResultKt.throwOnFailure(value);
		}
		if (!KotlinDetector.isInlineClass(type)) {
			return value;
		}
		Method unboxing = type.getMethod("unbox-impl");
		ReflectionUtils.makeAccessible(unboxing);
		Object within = ReflectionUtils.invokeMethod(unboxing, value);
		return (within != null) ? unboxed(within) : null;
	}

}
