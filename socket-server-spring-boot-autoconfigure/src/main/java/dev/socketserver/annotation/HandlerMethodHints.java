package dev.socketserver.annotation;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Set;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.handler.SocketMessage;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.annotation.SimpleReflectiveProcessor;

/**
 * Has native images know what an annotated method takes and returns, which Jackson may
 * read and write, beside the method itself. Left out is what no frame is converted to.
 */
class HandlerMethodHints extends SimpleReflectiveProcessor {

	private static final Set<Type> OURS = Set.of(SocketSession.class, SocketMessage.class, CloseStatus.class);

	private final BindingReflectionHintsRegistrar bindings = new BindingReflectionHintsRegistrar();

	@Override
	protected void registerMethodHint(ReflectionHints hints, Method method) {
		super.registerMethodHint(hints, method);
		for (Type type : method.getGenericParameterTypes()) {
			register(hints, type);
		}
		register(hints, method.getGenericReturnType());
	}

	private void register(ReflectionHints hints, Type type) {
		boolean failure = type instanceof Class<?> known && Throwable.class.isAssignableFrom(known);
		if (!failure && !OURS.contains(type)) {
			this.bindings.registerReflectionHints(hints, type);
		}
	}

}
