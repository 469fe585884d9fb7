package dev.socketserver.handler.bean;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.argument.CallKind;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ReflectionUtils;

/**
 * Looks for the annotated methods of a bean: in its class behind any proxies, its
 * superclasses and its interfaces. Apart from {@link AnnotatedMethods}, which a start
 * with functions only need not load.
 */
final class MethodSearch implements MethodIntrospector.MetadataLookup<Set<CallKind>>, ReflectionUtils.MethodCallback {

	private static final Set<String> WEB_SOCKET = Set.of("jakarta.websocket.OnOpen", "jakarta.websocket.OnMessage",
			"jakarta.websocket.OnError", "jakarta.websocket.OnClose");

	/** By its name, so that nothing loads it. */
	private static final String ASYNC = "org.springframework.scheduling.annotation.Async";

	/** By its name, since most applications look here for nothing. */
	private static final String MESSAGE = "dev.socketserver.annotation.OnMessage";

	private final HandlerCandidate candidate;

	/**
	 * Creates a search.
	 * @param candidate the bean
	 */
	MethodSearch(HandlerCandidate candidate) {
		this.candidate = candidate;
	}

	/**
	 * Finds the annotated methods.
	 * @return the methods, none for other forms of handlers
	 * @throws InvalidHandlerException if another thread is to run one of them, or it has
	 * the annotation of a WebSocket endpoint
	 */
	Map<Method, Set<CallKind>> checked() {
		ReflectionUtils.doWithMethods(this.candidate.targetClass(), this, ReflectionUtils.USER_DECLARED_METHODS);
		Map<Method, Set<CallKind>> found = found();
		for (Method method : found.keySet()) {
			refuseAsync(method, "method " + method.getName());
		}
		return found;
	}

	/** Finds the annotated methods, which may be unusable. */
	Map<Method, Set<CallKind>> found() {
		return MethodIntrospector.selectMethods(this.candidate.targetClass(), this);
	}

	/** Returns with what a method is annotated. */
	@Override
	public @Nullable Set<CallKind> inspect(Method method) {
		MergedAnnotations annotations = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
		if (!annotations.iterator().hasNext()) {
			// As in all functions: the classes of ours need not be loaded.
			return null;
		}
		Set<CallKind> kinds = EnumSet.noneOf(CallKind.class);
		for (CallKind kind : CallKind.values()) {
			if (annotations.isPresent(kind.annotation())) {
				kinds.add(kind);
			}
		}
		return kinds.isEmpty() ? null : kinds;
	}

	/** Refuses the annotations of WebSocket endpoints, which have the names of ours. */
	@Override
	public void doWith(Method method) {
		for (Annotation annotation : method.getDeclaredAnnotations()) {
			Class<?> type = annotation.annotationType();
			if (WEB_SOCKET.contains(type.getName())) {
				throw new InvalidHandlerException(
						"%s: method %s.%s is annotated with %s, which is for WebSocket endpoints".formatted(
								this.candidate.origin(), method.getDeclaringClass().getName(), method.getName(),
								type.getName()),
						"Import dev.socketserver.annotation.%s in place of %s".formatted(type.getSimpleName(),
								type.getName()));
			}
		}
	}

	/**
	 * Refuses a method or class that Spring would have another thread run: order, reply
	 * and failure would be lost.
	 * @param element the class of the bean, or a method
	 * @param what says which
	 */
	void refuseAsync(AnnotatedElement element, String what) {
		if (MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY).isPresent(ASYNC)) {
			throw new InvalidHandlerException(
					"%s: %s is annotated with @Async, by which the order of messages, replies and failures are lost"
						.formatted(this.candidate.origin(), what),
					"Remove @Async: a handler may block, and execution.executor has an executor of the application "
							+ "run it");
		}
	}

	/**
	 * Whether a class declares a method for messages.
	 * @param type the class, of which not all that it names must be on the class path
	 */
	static boolean hasMessages(Class<?> type) {
		try {
			for (Method method : ReflectionUtils.getDeclaredMethods(type)) {
				for (Annotation annotation : method.getDeclaredAnnotations()) {
					if (annotation.annotationType().getName().equals(MESSAGE)) {
						return true;
					}
				}
			}
		}
		catch (IllegalStateException ex) {
			// It cannot be looked into, and is none that was written for us.
		}
		return false;
	}

}
