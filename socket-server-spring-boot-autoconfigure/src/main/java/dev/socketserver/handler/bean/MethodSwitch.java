package dev.socketserver.handler.bean;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.stream.IntStream;

import dev.socketserver.SocketSession;
import dev.socketserver.handler.argument.Argument;
import org.jspecify.annotations.Nullable;

/**
 * The methods of a handler of which a message chooses one, as a single handle. The JVM
 * compiles it as the {@code switch} that would be written by hand, with the arguments and
 * the methods in it; calls by reflection it cannot look into. To make it takes some
 * milliseconds, so a method that takes all messages has none. Safe for use by several
 * threads.
 */
final class MethodSwitch {

	private static final Lookup LOOKUP = MethodHandles.lookup();

	/** Takes a bean, what the message is about, and the session. */
	private static final MethodType CALL = MethodType.methodType(Object.class, Object.class, Object.class,
			SocketSession.class);

	private final MethodHandle methods;

	/**
	 * Makes the handle.
	 * @param methods the methods, in the order of their indices
	 */
	MethodSwitch(List<HandlerMethod> methods) {
		try {
			MethodHandle value = LOOKUP.findVirtual(Argument.class, "value", CALL);
			MethodHandle[] calls = new MethodHandle[methods.size()];
			for (int i = 0; i < calls.length; i++) {
				HandlerMethod method = methods.get(i);
				MethodHandle call = method.isDirect() ? call(method.method(), method.arguments(), value)
						: MethodHandles.empty(CALL);
				calls[i] = MethodHandles.dropArguments(call, 0, int.class);
			}
			this.methods = MethodHandles.tableSwitch(calls[0], calls);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("The methods of a handler cannot be called", ex);
		}
	}

	/** Returns a method with its arguments, which takes what {@link #CALL} takes. */
	private static MethodHandle call(Method method, Argument[] arguments, MethodHandle value)
			throws IllegalAccessException {
		MethodHandle call = LOOKUP.unreflect(method).asFixedArity();
		if (Modifier.isStatic(method.getModifiers())) {
			call = MethodHandles.dropArguments(call, 0, Object.class);
		}
		call = call.asType(call.type().generic());
		for (int i = arguments.length; i > 0; i--) {
			MethodHandle argument = MethodHandles.insertArguments(value, 0, arguments[i - 1]);
			// No message has failed.
			call = MethodHandles.collectArguments(call, i, MethodHandles.insertArguments(argument, 1, (Object) null));
		}
		int[] order = IntStream.range(0, call.type().parameterCount()).map((i) -> (i == 0) ? 0 : 2 - i % 2).toArray();
		return MethodHandles.permuteArguments(call, CALL, order);
	}

	/**
	 * Calls a method.
	 * @param method the index of the method, which must be direct
	 * @param bean the bean
	 * @param subject the payload, or the {@code SocketMessage} that has it
	 * @param session the session
	 * @return what the method returns
	 * @throws Exception what it throws
	 */
	@Nullable Object call(int method, Object bean, @Nullable Object subject, SocketSession session) throws Exception {
		try {
			return (Object) this.methods.invokeExact(method, bean, subject, session);
		}
		catch (Exception | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new InvocationTargetException(ex);
		}
	}

}
