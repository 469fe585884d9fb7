package dev.socketserver.handler.payload;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;

import kotlin.ResultKt;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * What functions of Kotlin return, as it is sent. Known by name, since Kotlin may not be
 * on the class path.
 */
public final class KotlinValues {

	private static final String VALUE_CLASS = "kotlin.jvm.JvmInline";

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
			OfResult.rethrow(value);
		}
		if (!isValueClass(type)) {
			return value;
		}
		Object within = invoke(type, "unbox-impl", value);
		return (within != null) ? unboxed(within) : null;
	}

	private static boolean isValueClass(Class<?> type) {
		for (Annotation annotation : type.getAnnotations()) {
			if (annotation.annotationType().getName().equals(VALUE_CLASS)) {
				return true;
			}
		}
		return false;
	}

	private static @Nullable Object invoke(Class<?> type, String name, Object value) throws Exception {
		try {
			var method = type.getMethod(name);
			ReflectionUtils.makeAccessible(method);
			return method.invoke(value);
		}
		catch (InvocationTargetException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

	/** Loaded only where a {@code Result} was returned. */
	private static final class OfResult {

		private OfResult() {
		}

		/** Throws what it holds, checked or not, as a function of Kotlin does. */
		static void rethrow(Object failure) {
			ResultKt.throwOnFailure(failure);
		}

	}

}
