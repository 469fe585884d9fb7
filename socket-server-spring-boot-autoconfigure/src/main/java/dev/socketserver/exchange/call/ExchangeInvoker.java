package dev.socketserver.exchange.call;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;

import dev.socketserver.exchange.targets.Target;
import org.jspecify.annotations.Nullable;

/**
 * Has the methods of an interface called. Any thread.
 *
 * @param type the interface
 * @param target where the calls go
 */
record ExchangeInvoker(ExchangeType type, Target target) implements InvocationHandler {

	private static final @Nullable Object[] NONE = {};

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given) throws Throwable {
		@Nullable Object[] arguments = (given != null) ? given : NONE;
		ExchangeMethod known = this.type.method(method);
		if (known != null) {
			return known.call(this.target, arguments);
		}
		MethodHandle ofDefault = this.type.ofDefault(method);
		if (ofDefault != null) {
			return ofDefault.bindTo(proxy).invokeWithArguments(arguments);
		}
		return switch (method.getName()) {
			case "equals" -> proxy == arguments[0];
			case "hashCode" -> System.identityHashCode(proxy);
			default -> this.type.type().getSimpleName() + " of " + this.target.title();
		};
	}

}
