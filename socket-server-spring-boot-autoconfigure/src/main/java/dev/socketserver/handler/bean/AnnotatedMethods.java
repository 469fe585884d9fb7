package dev.socketserver.handler.bean;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.socketserver.DetailedHandler;
import dev.socketserver.FailureHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.argument.Arguments;
import dev.socketserver.handler.argument.CallKind;
import dev.socketserver.handler.dispatch.DispatchSettings;
import dev.socketserver.handler.dispatch.DispatchedMethods;
import dev.socketserver.handler.dispatch.DispatchedSessions;
import dev.socketserver.handler.dispatch.MappedMethod;
import dev.socketserver.handler.error.ErrorAnswers;
import dev.socketserver.handler.error.ErrorMethod;
import dev.socketserver.handler.error.ErrorMethods;
import dev.socketserver.handler.payload.PayloadConverters;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * The annotated methods of a bean, which {@link MethodSearch} has found.
 */
final class AnnotatedMethods {

	private final HandlerCandidate candidate;

	private final PayloadConverters converters;

	private final Map<CallKind, List<HandlerMethod>> methods;

	private AnnotatedMethods(HandlerCandidate candidate, PayloadConverters converters,
			Map<CallKind, List<HandlerMethod>> methods) {
		this.candidate = candidate;
		this.converters = converters;
		this.methods = methods;
	}

	/**
	 * Makes what calls the annotated methods of a bean.
	 * @param candidate the bean
	 * @param converters read and write payloads
	 * @param found what was found
	 * @return the methods
	 * @throws InvalidHandlerException if one of them cannot be called, or returns what
	 * cannot be used
	 */
	static AnnotatedMethods of(HandlerCandidate candidate, PayloadConverters converters,
			Map<Method, Set<CallKind>> found) {
		Arguments arguments = candidate.arguments();
		Map<CallKind, List<HandlerMethod>> methods = new EnumMap<>(CallKind.class);
		for (Map.Entry<Method, Set<CallKind>> method : found.entrySet()) {
			for (CallKind kind : method.getValue()) {
				methods.computeIfAbsent(kind, (key) -> new ArrayList<>())
					.add(new HandlerMethod(kind, method.getKey(), candidate, arguments, converters));
			}
		}
		return new AnnotatedMethods(candidate, converters, methods);
	}

	/**
	 * Creates the handler, in the form that the engine takes.
	 * @param settings what the properties say about payloads
	 * @param dispatch what they say about several methods for messages; {@code null} for
	 * nothing
	 * @param advice answers failures that no method takes, if there is advice
	 * @return the handler
	 * @throws InvalidHandlerException if there are too many methods, or the messages
	 * cannot be read
	 */
	ServerHandler handler(PayloadSettings settings, @Nullable DispatchSettings dispatch,
			@Nullable FailureHandler advice) {
		HandlerMethod open = only(CallKind.OPEN);
		List<HandlerMethod> messages = this.methods.getOrDefault(CallKind.MESSAGE, List.of());
		HandlerMethod close = only(CallKind.CLOSE);
		HandlerMethod details = only(CallKind.DETAILS);
		List<HandlerMethod> errors = errors();
		List<ResolvableType> taken = messages.stream().map(HandlerMethod::subject).toList();
		errors.forEach((method) -> method.checkMessage(taken));
		boolean chosen = messages.size() > 1
				|| messages.stream().anyMatch((method) -> method.hasKeys() || method.takesSocketMessage());
		MethodSwitch several = chosen ? new MethodSwitch(messages) : null;
		Function<SessionSpec, AnnotatedHandler> made = this.candidate.adapted(Object.class,
				(bean) -> new AnnotatedHandler(bound(open, bean),
						messages.stream().map((method) -> method.bind(bean)).toArray(HandlerMethod.Bound[]::new),
						several, new ErrorAnswers(bound(errors, bean), advice), bound(close, bean),
						details(bound(details, bean), bean)));
		Function<SessionSpec, ? extends SessionHandler> sessions = errors.stream().anyMatch(HandlerMethod::takesMessage)
				? (spec) -> new RememberingHandler(made.apply(spec)) : made;
		if (messages.isEmpty()) {
			return new ServerHandler.Messages(this.candidate.beanName(), PayloadConverter.bytes(), true, sessions);
		}
		if (chosen) {
			return dispatched(messages, sessions, settings, (dispatch != null) ? dispatch : DispatchSettings.DEFAULT);
		}
		return new ServerHandler.Messages(this.candidate.beanName(), messages.get(0).reader(this.converters, settings),
				false, sessions);
	}

	private ServerHandler dispatched(List<HandlerMethod> messages,
			Function<SessionSpec, ? extends SessionHandler> sessions, PayloadSettings settings,
			DispatchSettings dispatch) {
		String origin = this.candidate.origin();
		List<MappedMethod> mapped = messages.stream()
			.map((method) -> method.mapped(this.converters, settings))
			.toList();
		DispatchedMethods methods = new DispatchedMethods(origin, mapped,
				HandlerMethod.open(this.converters, settings, origin),
				(type) -> this.converters.reading(ResolvableType.forClass(type), settings, origin));
		return DispatchedSessions.handler(this.candidate.beanName(), sessions, methods, dispatch,
				this.candidate.observer());
	}

	/**
	 * Returns what gives the methods for failures, as those of an advice.
	 * @return the supplier; its methods are those of another bean each time, unless the
	 * bean is a singleton
	 * @throws InvalidHandlerException if there are others too, or one of them takes the
	 * message
	 */
	Supplier<ErrorMethods> advice() {
		for (Map.Entry<CallKind, List<HandlerMethod>> others : this.methods.entrySet()) {
			if (others.getKey() != CallKind.ERROR) {
				throw new InvalidHandlerException(
						"%s is an advice, and has %s methods: %s".formatted(this.candidate.origin(),
								others.getKey().text(), names(others.getValue())),
						"Move them to a handler: an advice has @OnError methods only");
			}
		}
		List<HandlerMethod> errors = errors();
		errors.forEach((method) -> method.checkMessage(List.of()));
		return this.candidate.adapted(Object.class, (bean) -> bound(errors, bean));
	}

	/** Whether one of them is called for what is no frame. */
	boolean answersBadFrames() {
		return errors().stream().anyMatch((method) -> ErrorMethods.answersBadFrames(failure(method)));
	}

	private static ErrorMethods bound(List<HandlerMethod> errors, Object bean) {
		return new ErrorMethods(errors.stream()
			.map((method) -> new ErrorMethod(method.shortName(), failure(method), method.failedMessage(),
					method.bind(bean)::call))
			.toList());
	}

	private static HandlerMethod.@Nullable Bound bound(@Nullable HandlerMethod method, Object bean) {
		return (method != null) ? method.bind(bean) : null;
	}

	/**
	 * Takes details from the annotated method or, without one, from the bean itself if it
	 * has any.
	 */
	private static DetailedHandler details(HandlerMethod.@Nullable Bound method, Object bean) {
		if (method == null) {
			return (session) -> DetailedHandler.detailsOf(bean, session);
		}
		return (session) -> {
			Object found = method.call(null, session);
			@SuppressWarnings("unchecked") // declared as a map, and read only
			Map<String, ?> known = (found != null) ? (Map<String, ?>) found : Map.of();
			return known;
		};
	}

	private @Nullable HandlerMethod only(CallKind kind) {
		List<HandlerMethod> found = this.methods.getOrDefault(kind, List.of());
		if (found.size() > 1) {
			throw new InvalidHandlerException(
					"%s has several %s methods: %s".formatted(this.candidate.origin(), kind.text(), names(found)),
					"Keep one of them");
		}
		return found.isEmpty() ? null : found.get(0);
	}

	/**
	 * Returns the methods for failures, those for the most specific exceptions first; of
	 * two for the same, the one that takes the message.
	 */
	private List<HandlerMethod> errors() {
		Map<List<Object>, HandlerMethod> found = new HashMap<>();
		for (HandlerMethod method : this.methods.getOrDefault(CallKind.ERROR, List.of())) {
			HandlerMethod other = found.put(List.of(failure(method), method.takesMessage()), method);
			if (other != null) {
				throw new InvalidHandlerException(
						"%s has several @OnError methods for %s: %s".formatted(this.candidate.origin(),
								failure(method).getName(), names(List.of(other, method))),
						"Keep one of them, or let them take different exceptions");
			}
		}
		return found.values()
			.stream()
			.sorted(Comparator.comparingInt((HandlerMethod method) -> depth(failure(method)))
				.thenComparing(HandlerMethod::takesMessage)
				.reversed())
			.toList();
	}

	/**
	 * Returns the exception that a method takes; one without a parameter for it takes
	 * all.
	 */
	private static Class<?> failure(HandlerMethod method) {
		return method.subject().resolve(Throwable.class);
	}

	private static int depth(Class<?> type) {
		Class<?> superclass = type.getSuperclass();
		return (superclass != null) ? 1 + depth(superclass) : 0;
	}

	private static String names(List<HandlerMethod> methods) {
		return methods.stream().map(HandlerMethod::name).sorted().collect(Collectors.joining(" and "));
	}

}
