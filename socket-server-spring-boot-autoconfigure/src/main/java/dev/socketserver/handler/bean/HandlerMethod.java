package dev.socketserver.handler.bean;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.argument.Argument;
import dev.socketserver.handler.argument.Argument.Role;
import dev.socketserver.handler.argument.Arguments;
import dev.socketserver.handler.argument.CallKind;
import dev.socketserver.handler.dispatch.MappedMethod;
import dev.socketserver.handler.payload.KotlinTypes;
import dev.socketserver.handler.payload.KotlinValues;
import dev.socketserver.handler.payload.Payload;
import dev.socketserver.handler.payload.PayloadConverters;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.handler.payload.ReplyTypes;
import dev.socketserver.handler.payload.SuspendedReply;
import dev.socketserver.handler.validation.ProxyViolations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.payload.PayloadValidationException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedMethod;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * An annotated method of a handler, and how its parameters are filled. Everything that
 * can be wrong with it is found in the constructor.
 */
final class HandlerMethod {

	private final CallKind kind;

	private final Method method;

	private final String name;

	/** The bean and the method, with which messages begin. */
	private final String origin;

	/** The keys of messages for which it is called. */
	private final List<String> keys;

	/** Whether it takes what no other method takes. */
	private final boolean isDefault;

	private final ProxiedMethod proxied;

	/** Whether it is a suspend function of Kotlin. */
	private final boolean suspending;

	private final Argument[] arguments;

	/** Knows what a proxy throws for a payload that is not valid, if one validates. */
	private final @Nullable ProxyViolations violations;

	/** The types of the parameters. */
	private final ResolvableType[] types;

	/** Turns what the method returns into what the engine takes, if that is necessary. */
	private final @Nullable Function<Object, @Nullable Object> adapter;

	/**
	 * Inspects a method.
	 * @param kind when it is called
	 * @param method the method
	 * @param candidate the bean
	 * @param arguments decides what its parameters are given
	 * @param converters write what it returns
	 * @throws InvalidHandlerException if the method has a parameter that cannot be
	 * filled, lacks one, or returns what cannot be used
	 */
	HandlerMethod(CallKind kind, Method method, HandlerCandidate candidate, Arguments arguments,
			PayloadConverters converters) {
		this.kind = kind;
		this.method = method;
		this.name = ProxiedMethod.describe(method);
		this.origin = candidate.origin() + ": " + this.name;
		MergedAnnotation<OnMessage> mapping = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
			.get(OnMessage.class);
		this.keys = mapping.isPresent() ? List.of(mapping.getStringArray(MergedAnnotation.VALUE)) : List.of();
		this.isDefault = mapping.isPresent() && mapping.getBoolean("isDefault");
		this.proxied = new ProxiedMethod(method, candidate.targetClass(), this.origin);
		candidate.proxies().forEach(this.proxied::of);
		this.suspending = KotlinDetector.isSuspendingFunction(method);
		if (this.suspending) {
			checkSuspending(candidate);
		}
		// The continuation is the last parameter.
		this.types = resolveTypes(candidate, method.getParameterCount() - (this.suspending ? 1 : 0));
		this.arguments = resolveParameters(arguments);
		this.violations = validate(candidate);
		this.adapter = checkReturned(
				this.suspending ? suspended(candidate) : resolved(candidate, Method::getGenericReturnType),
				new ReplyTypes(converters, candidate.classLoader(), this.origin));
		ReflectionUtils.makeAccessible(method);
	}

	private void checkSuspending(HandlerCandidate candidate) {
		if (this.kind != CallKind.MESSAGE && this.kind != CallKind.ERROR) {
			throw new InvalidHandlerException(this.origin + " is a suspend function, whose end nothing would wait for",
					"Remove suspend");
		}
		if (!SuspendedReply.isPossible(candidate.classLoader())) {
			throw new InvalidHandlerException(this.origin + " is a suspend function",
					"Add kotlinx-coroutines-core to the class path");
		}
	}

	/** What a suspend function returns arrives later. */
	private ResolvableType suspended(HandlerCandidate candidate) {
		int last = this.types.length;
		ResolvableType continuation = resolved(candidate, (known) -> known.getGenericParameterTypes()[last]);
		return ResolvableType.forClassWithGenerics(CompletionStage.class, continuation.getGeneric());
	}

	/**
	 * Resolves a type of the method. The declared type of the bean may know type
	 * variables that its class does not.
	 */
	private ResolvableType resolved(HandlerCandidate candidate, Function<Method, Type> member) {
		List<ResolvableType> found = candidate.types().stream().map((type) -> {
			Method known = known(type);
			return ResolvableType.forType(member.apply(known), type.as(known.getDeclaringClass()));
		}).toList();
		return found.stream()
			.filter((type) -> type.resolve() != null && !type.hasUnresolvableGenerics())
			.findFirst()
			.orElse(found.get(found.size() - 1));
	}

	/**
	 * Returns the method as it is declared in a type that may know nothing of the
	 * method's class.
	 */
	private Method known(ResolvableType type) {
		if (type.as(this.method.getDeclaringClass()) != ResolvableType.NONE) {
			return this.method;
		}
		return Stream.of(type.resolve(Object.class).getMethods())
			.filter(this.proxied::isDeclaredAs)
			.findFirst()
			.orElse(this.method);
	}

	private Argument[] resolveParameters(Arguments resolution) {
		@Nullable Argument[] found = resolution.of(this.kind, this.method, List.of(this.types), this.origin);
		Argument[] resolved = new Argument[found.length];
		for (int i = 0; i < found.length; i++) {
			Argument argument = found[i];
			if (argument == null) {
				throw cannotGet(i);
			}
			int other = indexOf(argument.role(), resolved);
			if (other >= 0 && (argument.role() == Role.SUBJECT || argument.role() == Role.FAILED)) {
				throw invalid("parameters %s and %s would both be %s".formatted(describe(other), describe(i),
						(argument.role() == Role.FAILED) ? "the message" : subjectName()));
			}
			resolved[i] = argument;
		}
		boolean chosen = !this.keys.isEmpty() || this.isDefault;
		if (this.kind == CallKind.MESSAGE && !chosen && indexOf(Role.SUBJECT, resolved) < 0
				&& indexOf(Role.MESSAGE, resolved) < 0) {
			throw invalid("no parameter takes the message");
		}
		return resolved;
	}

	/** Has payloads validated, here or by the proxy of the bean. */
	private @Nullable ProxyViolations validate(HandlerCandidate candidate) {
		int payload = (this.kind == CallKind.MESSAGE) ? indexOf(Role.SUBJECT) : -1;
		if (payload < 0) {
			return null;
		}
		MethodParameter parameter = new AnnotatedMethod(this.method).getMethodParameters()[payload];
		this.arguments[payload] = candidate.validated(this.arguments[payload], parameter, this.origin);
		return candidate.isValidatedByProxy() ? new ProxyViolations(candidate.targetClass(), this.method, payload)
				: null;
	}

	private static int indexOf(Role role, @Nullable Argument[] arguments) {
		for (int i = 0; i < arguments.length; i++) {
			Argument argument = arguments[i];
			if (argument != null && argument.role() == role) {
				return i;
			}
		}
		return -1;
	}

	private int indexOf(Role role) {
		return indexOf(role, this.arguments);
	}

	private ResolvableType[] resolveTypes(HandlerCandidate candidate, int count) {
		Parameter[] parameters = this.method.getParameters();
		ResolvableType[] resolved = new ResolvableType[count];
		for (int i = 0; i < count; i++) {
			int index = i;
			Class<?> raw = parameters[i].getType();
			resolved[i] = raw.isPrimitive() ? ResolvableType.forClass(ClassUtils.resolvePrimitiveIfNecessary(raw))
					: resolved(candidate, (known) -> known.getGenericParameterTypes()[index]);
		}
		return resolved;
	}

	private ResolvableType typeOf(Role role) {
		int index = indexOf(role);
		return (index >= 0) ? this.types[index] : ResolvableType.NONE;
	}

	private @Nullable Function<Object, @Nullable Object> checkReturned(ResolvableType type, ReplyTypes replies) {
		Class<?> raw = this.method.getReturnType();
		boolean nothing = raw == void.class || raw == Void.class || KotlinTypes.isUnit(raw);
		if (this.kind == CallKind.CLOSE && !nothing) {
			throw new InvalidHandlerException(this.origin + ": its return value cannot be sent", "Let it return void");
		}
		if (this.kind == CallKind.DETAILS && !Map.class.isAssignableFrom(raw)) {
			throw new InvalidHandlerException(this.origin + ": it does not return details",
					"Let it return Map<String, ?>");
		}
		return switch (this.kind) {
			case MESSAGE, ERROR -> replies.check(type);
			case OPEN -> replies.checkGreeting(type);
			case CLOSE, DETAILS -> null;
		};
	}

	private String subjectName() {
		return switch (this.kind) {
			case MESSAGE -> "the message";
			case ERROR -> "the exception";
			default -> "the status";
		};
	}

	private String describe(int index) {
		return Arguments.describe(this.method, index);
	}

	private InvalidHandlerException cannotGet(int index) {
		return invalid("parameter %s has a type that cannot be passed to such a method".formatted(describe(index)));
	}

	private InvalidHandlerException invalid(String problem) {
		return new InvalidHandlerException(this.origin + ": " + problem,
				"Let an %s method take no other parameters than %s".formatted(this.kind.text(),
						this.kind.parameters()));
	}

	/** Returns the method, for messages. */
	String name() {
		return this.name;
	}

	/** Returns the method as logs name it: its class and its own name. */
	String shortName() {
		return this.method.getDeclaringClass().getSimpleName() + "." + KotlinTypes.nameOf(this.method);
	}

	/**
	 * Returns what reads messages for the method: as the type of its parameter; without
	 * one as the properties say, else as bytes.
	 * @param converters the converters
	 * @param settings what the properties say about payloads
	 * @return the converter
	 * @throws InvalidHandlerException if there is none
	 */
	PayloadConverter<?> reader(PayloadConverters converters, PayloadSettings settings) {
		return (subject() != ResolvableType.NONE) ? converters.reading(subject(), settings, this.origin)
				: open(converters, settings, this.origin);
	}

	/**
	 * Returns what reads messages that no parameter has a type for: what the properties
	 * say, else bytes.
	 * @param converters the converters
	 * @param settings what the properties say about payloads
	 * @param reader who reads, as the subject of messages
	 * @return the converter
	 */
	static PayloadConverter<?> open(PayloadConverters converters, PayloadSettings settings, String reader) {
		return (settings.payload() == Payload.AUTO) ? PayloadConverter.bytes()
				: converters.reading(ResolvableType.NONE, settings, reader);
	}

	/**
	 * Returns the type of the parameter for what the call is about, {@code NONE} without
	 * one.
	 */
	ResolvableType subject() {
		return typeOf(Role.SUBJECT);
	}

	/**
	 * Returns the type of the message that failed, for a method that is called for
	 * failures and takes it; {@code null} without a parameter for it.
	 */
	@Nullable Class<?> failedMessage() {
		return takesMessage() ? typeOf(Role.FAILED).resolve(Object.class) : null;
	}

	/**
	 * Whether the method, which is called for failures, takes the message that failed.
	 */
	boolean takesMessage() {
		return indexOf(Role.FAILED) >= 0;
	}

	/**
	 * Returns what matters of the method for choosing it among several.
	 * @param converters the converters
	 * @param settings what the properties say about payloads
	 */
	MappedMethod mapped(PayloadConverters converters, PayloadSettings settings) {
		ResolvableType taken = subject();
		return new MappedMethod(shortName(), this.name, this.keys, this.isDefault,
				(taken != ResolvableType.NONE) ? taken.resolve(Object.class) : null, () -> reader(converters, settings),
				takesSocketMessage());
	}

	/** Whether it takes more of a message than its payload. */
	boolean takesSocketMessage() {
		return indexOf(Role.MESSAGE) >= 0;
	}

	/** Whether it is called only for messages with certain keys. */
	boolean hasKeys() {
		return !this.keys.isEmpty();
	}

	/**
	 * Checks that the method, if it takes the message that failed, can be given one.
	 * @param types the types of messages
	 * @throws InvalidHandlerException if it cannot
	 */
	void checkMessage(List<ResolvableType> types) {
		if (takesMessage() && types.stream()
			.noneMatch((type) -> type != ResolvableType.NONE && typeOf(Role.FAILED).isAssignableFrom(type))) {
			throw cannotGet(indexOf(Role.FAILED));
		}
		Class<?> failure = subject().resolve(Throwable.class);
		if (takesMessage() && PayloadException.class.isAssignableFrom(failure)
				&& !PayloadValidationException.class.isAssignableFrom(failure)) {
			throw new InvalidHandlerException(
					this.origin + " would never be called: there is no message if a frame could not be converted",
					"Remove the parameter for the message; what the exception is to tell of the frame, the converter "
							+ "can put into one of your own");
		}
	}

	/**
	 * Finds how to call the method of a bean, through its proxy if there is one.
	 * @param bean the bean
	 * @return the method of that bean
	 * @throws InvalidHandlerException if the proxy cannot intercept the method
	 */
	Bound bind(Object bean) {
		return new Bound(bean, this.proxied.of(bean.getClass()));
	}

	/** Whether what the method returns and throws needs no change, but for the reply. */
	boolean isDirect() {
		return !this.suspending && this.violations == null;
	}

	Method method() {
		return this.method;
	}

	Argument[] arguments() {
		return this.arguments;
	}

	/** Returns what to throw for what a call has thrown. */
	private Exception failure(Exception thrown) {
		return (this.violations != null) ? this.violations.adapted(thrown) : thrown;
	}

	/** The method, to be called on one bean. */
	final class Bound {

		private final Object receiver;

		/** The method as the bean has it, which may be that of a proxy. */
		private final Method called;

		/** Whether what it returns may be a value class of Kotlin. */
		private final boolean kotlin;

		/** Whether a {@link MethodSwitch} may call it. */
		private final boolean direct;

		private Bound(Object receiver, Method called) {
			this.receiver = receiver;
			this.called = called;
			this.kotlin = KotlinDetector.isKotlinType(called.getDeclaringClass());
			this.direct = isDirect() && called.equals(HandlerMethod.this.method);
			ReflectionUtils.makeAccessible(called);
		}

		/** Returns the method as logs name it. */
		String name() {
			return shortName();
		}

		/**
		 * Calls the method as one of several.
		 * @param several calls them
		 * @param index the index of the method among them
		 * @param subject the payload, or the {@code SocketMessage} that has it
		 * @param session the session
		 * @return what it returns, in the form that the engine takes
		 * @throws Exception what it throws
		 */
		@Nullable Object call(MethodSwitch several, int index, @Nullable Object subject, SocketSession session) throws Exception {
			return this.direct ? adapted(several.call(index, this.receiver, subject, session)) : call(subject, session);
		}

		/**
		 * Calls the method.
		 * @param subject what the call is about; of a message the payload, or the
		 * {@code SocketMessage} that has it
		 * @param session the session
		 * @return what it returns, in the form that the engine takes
		 * @throws Exception what it throws
		 */
		@Nullable Object call(@Nullable Object subject, SocketSession session) throws Exception {
			return call(subject, null, session);
		}

		/**
		 * Calls the method for a failure.
		 * @param subject the failure
		 * @param message the message that failed, for a method that takes it
		 * @param session the session
		 * @return what it returns, in the form that the engine takes
		 * @throws Exception what it throws
		 */
		@Nullable Object call(@Nullable Object subject, @Nullable Object message, SocketSession session) throws Exception {
			Argument[] arguments = arguments();
			@Nullable Object[] values = new @Nullable Object[arguments.length];
			for (int i = 0; i < values.length; i++) {
				values[i] = arguments[i].value(subject, message, session);
			}
			try {
				return adapted(HandlerMethod.this.suspending
						? SuspendedReply.of(this.called, this.receiver, values, HandlerMethod.this::failure)
						: this.called.invoke(this.receiver, values));
			}
			catch (InvocationTargetException ex) {
				if (ex.getCause() instanceof Error error) {
					throw error;
				}
				throw failure((ex.getCause() instanceof Exception exception) ? exception : ex);
			}
		}

		private @Nullable Object adapted(@Nullable Object returned) throws Exception {
			Object value = (this.kotlin && returned != null) ? KotlinValues.unboxed(returned) : returned;
			Function<Object, @Nullable Object> adapter = HandlerMethod.this.adapter;
			return (value != null && adapter != null) ? adapter.apply(value) : value;
		}

	}

}
