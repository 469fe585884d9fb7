package dev.socketserver.handler.bean;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.payload.KotlinTypes;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.SpringProxy;
import org.springframework.aop.support.AopUtils;

/**
 * A method of a handler as the proxies of its bean have it. A proxy has to intercept each
 * method that is called: otherwise its advice, such as method security or a transaction,
 * would be missing without a word.
 *
 * @param method the method, as the class behind the proxies declares it
 * @param target the class behind the proxies
 * @param origin the bean and the method, with which messages begin
 */
record ProxiedMethod(Method method, Class<?> target, String origin) {

	/**
	 * Checks that the proxies of a bean intercept what it implements of an interface.
	 * @param face the interface
	 * @param proxies the classes of the proxies
	 * @param target the class behind them
	 * @param bean the bean, with which messages begin
	 * @throws InvalidHandlerException if one of them cannot intercept a method
	 */
	static void checkAll(Class<?> face, Collection<Class<?>> proxies, Class<?> target, String bean) {
		for (Method declared : face.getMethods()) {
			if (!Modifier.isStatic(declared.getModifiers())) {
				Method method = AopUtils.getMostSpecificMethod(declared, target);
				ProxiedMethod proxied = new ProxiedMethod(method, target, bean + ": " + describe(method));
				proxies.forEach(proxied::of);
			}
		}
	}

	/** Describes a method, for messages. */
	static String describe(Method method) {
		return "method %s.%s(%s)".formatted(method.getDeclaringClass().getName(), KotlinTypes.nameOf(method),
				Stream.of(method.getParameterTypes()).map(Class::getSimpleName).collect(Collectors.joining(", ")));
	}

	/**
	 * Finds how to call the method of a bean, through its proxy if there is one.
	 * @param type the class of the bean
	 * @return the method to call
	 * @throws InvalidHandlerException if the proxy cannot intercept the method
	 */
	Method of(Class<?> type) {
		Method found = find(type);
		if (found == null) {
			throw new InvalidHandlerException(this.origin + " cannot be intercepted by the proxy of the bean, as "
					+ (Proxy.isProxyClass(type) ? "none of its interfaces has it" : reason())
					+ ": advice such as method security or a transaction would be missing", remedy(type));
		}
		return found;
	}

	private @Nullable Method find(Class<?> type) {
		boolean advised = SpringProxy.class.isAssignableFrom(type);
		if (isStatic()) {
			return advised ? null : this.method;
		}
		if (Proxy.isProxyClass(type)) {
			return Stream.of(type.getInterfaces())
				.flatMap((face) -> Stream.of(face.getMethods()))
				.filter(this::isDeclaredAs)
				.findFirst()
				.orElse(null);
		}
		if (advised) {
			// A proxy overrides the methods that it can intercept. Any other would run in
			// the proxy itself, whose fields are empty.
			return isOverriddenIn(type) ? this.method : null;
		}
		return this.method;
	}

	/**
	 * Whether an interface declares the method. If it is generic, the parameters may have
	 * other types there.
	 */
	boolean isDeclaredAs(Method declared) {
		return declared.getName().equals(this.method.getName())
				&& (Arrays.equals(declared.getParameterTypes(), this.method.getParameterTypes())
						|| AopUtils.getMostSpecificMethod(declared, this.target).equals(this.method));
	}

	private boolean isOverriddenIn(Class<?> proxyClass) {
		try {
			proxyClass.getDeclaredMethod(this.method.getName(), this.method.getParameterTypes());
			return true;
		}
		catch (NoSuchMethodException ex) {
			return false;
		}
	}

	private String reason() {
		int modifiers = this.method.getModifiers();
		if (isStatic()) {
			return "it is static";
		}
		if (Modifier.isPrivate(modifiers)) {
			return "it is private";
		}
		return Modifier.isFinal(modifiers) ? "it is final" : "it is not visible to the proxy's class";
	}

	private String remedy(Class<?> type) {
		if (isStatic()) {
			return "Remove static";
		}
		if (Proxy.isProxyClass(type)) {
			return "Declare it in an interface of the bean, or let the proxy extend the class (proxyTargetClass = true)";
		}
		if (Modifier.isFinal(this.method.getModifiers()) && !Modifier.isPrivate(this.method.getModifiers())) {
			return "Remove final; in Kotlin, declare the function open, or use the compiler plugin kotlin-spring";
		}
		return "Make it protected or public";
	}

	private boolean isStatic() {
		return Modifier.isStatic(this.method.getModifiers());
	}

}
