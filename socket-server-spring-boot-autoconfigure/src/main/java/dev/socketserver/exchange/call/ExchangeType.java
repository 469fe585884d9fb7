package dev.socketserver.exchange.call;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ReflectionUtils;

/**
 * An interface whose methods were checked. Immutable, but for the converters that were
 * asked last about the types of replies.
 */
final class ExchangeType {

	private final Class<?> type;

	private final Map<Method, ExchangeMethod> methods;

	/** Whose converters are known to read all replies. */
	private volatile @Nullable Object readableBy;

	/** Called as they are. */
	private final Map<Method, MethodHandle> defaults;

	private ExchangeType(Class<?> type, Map<Method, ExchangeMethod> methods, Map<Method, MethodHandle> defaults) {
		this.type = type;
		this.methods = methods;
		this.defaults = defaults;
	}

	/**
	 * Checks an interface.
	 * @param type the interface
	 * @param beanFactory resolves placeholders
	 * @param letterState the type of a letter's state, where its methods post letters
	 * @return what is known of it
	 * @throws IllegalArgumentException if it cannot work
	 */
	static ExchangeType of(Class<?> type, ConfigurableListableBeanFactory beanFactory, @Nullable Class<?> letterState) {
		if (!type.isInterface()) {
			throw new IllegalArgumentException("%s is no interface".formatted(type.getName()));
		}
		Map<Method, ExchangeMethod> methods = new HashMap<>();
		Map<Method, MethodHandle> defaults = new HashMap<>();
		for (Method method : type.getMethods()) {
			// An interface may declare equals, hashCode and toString.
			if (Modifier.isAbstract(method.getModifiers()) && !ReflectionUtils.isObjectMethod(method)) {
				methods.put(method, new MethodReader(method, type, beanFactory, letterState).read());
			}
			else if (method.isDefault()) {
				defaults.put(method, handle(method));
			}
		}
		return new ExchangeType(type, Map.copyOf(methods), Map.copyOf(defaults));
	}

	/** The interface need not be public. */
	private static MethodHandle handle(Method method) {
		try {
			return MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup())
				.unreflectSpecial(method, method.getDeclaringClass());
		}
		catch (IllegalAccessException ex) {
			throw new IllegalArgumentException(MethodReader.title(method) + " cannot be called", ex);
		}
	}

	Class<?> type() {
		return this.type;
	}

	/**
	 * Returns a method with an annotation.
	 * @param method the method
	 * @return what to do for it, or {@code null} for a default method
	 */
	@Nullable ExchangeMethod method(Method method) {
		return this.methods.get(method);
	}

	/**
	 * Returns a default method.
	 * @param method the method
	 * @return what calls it, with the object first, or {@code null} if it is none
	 */
	@Nullable MethodHandle ofDefault(Method method) {
		return this.defaults.get(method);
	}

	/**
	 * Checks that all replies can be converted.
	 * @param source who converts, which is asked once as long as no other is
	 * @param converters its converters
	 * @param title what to call it
	 * @throws IllegalArgumentException if there is no converter for a reply
	 */
	void checkReplies(Object source, Supplier<Payloads> converters, String title) {
		if (this.readableBy == source) {
			return;
		}
		Payloads payloads = converters.get();
		for (ExchangeMethod method : this.methods.values()) {
			method.checkReply(payloads, title);
		}
		this.readableBy = source;
	}

}
