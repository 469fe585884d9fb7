package dev.socketserver.handler.bean;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.handler.payload.InvalidHandlerException;
import dev.socketserver.handler.payload.KotlinTypes;
import dev.socketserver.handler.payload.PayloadConverters;
import dev.socketserver.handler.payload.ReplyTypes;
import dev.socketserver.handler.payload.SuspendedReply;
import dev.socketserver.payload.PayloadException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.KotlinDetector;
import org.springframework.core.ResolvableType;
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

	private final ProxiedMethod proxied;

	/** Whether it is a suspend function of Kotlin. */
	private final boolean suspending;

	private final Argument[] arguments;

	/** The types of the parameters. */
	private final ResolvableType[] types;

	/** Turns what the method returns into what the engine takes, if that is necessary. */
	private final @Nullable Function<Object, @Nullable Object> adapter;

	/**
	 * Inspects a method.
	 * @param kind when it is called
	 * @param method the method
	 * @param candidate the bean
	 * @param converters write what it returns
	 * @throws InvalidHandlerException if the method has a parameter that cannot be
	 * filled, lacks one, or returns what cannot be used
	 */
	HandlerMethod(CallKind kind, Method method, HandlerCandidate candidate, PayloadConverters converters) {
		this.kind = kind;
		this.method = method;
		this.name = ProxiedMethod.describe(method);
		this.origin = candidate.origin() + ": " + this.name;
		this.proxied = new ProxiedMethod(method, candidate.targetClass(), this.origin);
		candidate.proxies().forEach(this.proxied::of);
		this.suspending = KotlinDetector.isSuspendingFunction(method);
		if (this.suspending) {
			checkSuspending(candidate);
		}
		// The continuation is the last parameter.
		this.arguments = new Argument[method.getParameterCount() - (this.suspending ? 1 : 0)];
		this.types = new ResolvableType[this.arguments.length];
		resolveParameters(candidate);
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
		int last = this.arguments.length;
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

	private void resolveParameters(HandlerCandidate candidate) {
		Parameter[] parameters = this.method.getParameters();
		for (int i = 0; i < this.arguments.length; i++) {
			int index = i;
			ResolvableType type = resolved(candidate, (known) -> known.getGenericParameterTypes()[index]);
			Class<?> raw = parameters[i].getType();
			Argument argument = argument(raw, type);
			if (argument == null) {
				throw cannotGet(i);
			}
			int other = indexOf(argument);
			if (other >= 0 && argument.once) {
				throw invalid("parameters %s and %s would both be %s".formatted(describe(other), describe(i),
						(argument == Argument.MESSAGE) ? "the message" : subjectName()));
			}
			this.arguments[i] = argument;
			this.types[i] = raw.isPrimitive() ? ResolvableType.forClass(ClassUtils.resolvePrimitiveIfNecessary(raw))
					: type;
		}
		if (this.kind == CallKind.MESSAGE && indexOf(Argument.SUBJECT) < 0) {
			throw invalid("no parameter takes the message");
		}
	}

	private @Nullable Argument argument(Class<?> raw, ResolvableType type) {
		if (raw == SocketSession.class) {
			return Argument.SESSION;
		}
		if (raw == List.class && type.getGeneric().resolve() == String.class) {
			return Argument.ARGS;
		}
		boolean failure = Throwable.class.isAssignableFrom(raw);
		return switch (this.kind) {
			case OPEN, DETAILS -> null;
			case MESSAGE -> (raw != CloseStatus.class && !failure) ? Argument.SUBJECT : null;
			case ERROR -> {
				if (failure) {
					yield Error.class.isAssignableFrom(raw) ? null : Argument.SUBJECT;
				}
				yield Argument.MESSAGE;
			}
			case CLOSE -> (raw == CloseStatus.class) ? Argument.SUBJECT : null;
		};
	}

	private int indexOf(Argument argument) {
		return Arrays.asList(this.arguments).indexOf(argument);
	}

	private ResolvableType typeOf(Argument argument) {
		int index = indexOf(argument);
		return (index >= 0) ? this.types[index] : ResolvableType.NONE;
	}

	private @Nullable Function<Object, @Nullable Object> checkReturned(ResolvableType type, ReplyTypes replies) {
		Class<?> raw = this.method.getReturnType();
		boolean nothing = raw == void.class || raw == Void.class || KotlinTypes.isUnit(raw);
		switch (this.kind) {
			case MESSAGE, ERROR -> {
				return replies.check(type);
			}
			case OPEN -> {
				return replies.checkGreeting(type);
			}
			case CLOSE -> {
				if (!nothing) {
					throw new InvalidHandlerException(this.origin + ": its return value cannot be sent",
							"Let it return void");
				}
			}
			case DETAILS -> {
				if (!Map.class.isAssignableFrom(raw)) {
					throw new InvalidHandlerException(this.origin + ": it does not return details",
							"Let it return Map<String, ?>");
				}
			}
		}
		return null;
	}

	private String subjectName() {
		return switch (this.kind) {
			case MESSAGE -> "the message";
			case ERROR -> "the exception";
			default -> "the status";
		};
	}

	private String describe(int index) {
		Parameter parameter = this.method.getParameters()[index];
		return "%s (%s %s)".formatted(index + 1, ClassUtils.getQualifiedName(parameter.getType()), parameter.getName());
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

	/** Returns the bean and the method, for messages. */
	String origin() {
		return this.origin;
	}

	/**
	 * Returns the type of the parameter for what the call is about, {@code NONE} without
	 * one.
	 */
	ResolvableType subject() {
		return typeOf(Argument.SUBJECT);
	}

	/**
	 * Whether the method, which is called for failures, takes the message that failed.
	 */
	boolean takesMessage() {
		return indexOf(Argument.MESSAGE) >= 0;
	}

	/**
	 * Checks that the method, if it takes the message that failed, can be given any
	 * message.
	 * @param type the type of messages, {@code NONE} if the bean takes none
	 * @throws InvalidHandlerException if it cannot
	 */
	void checkMessage(ResolvableType type) {
		if (takesMessage() && (type == ResolvableType.NONE || !typeOf(Argument.MESSAGE).isAssignableFrom(type))) {
			throw cannotGet(indexOf(Argument.MESSAGE));
		}
		if (takesMessage() && PayloadException.class.isAssignableFrom(subject().resolve(Throwable.class))) {
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
		return new Bound(bean, this.proxied.of(bean.getClass()), this.suspending, this.arguments, this.adapter);
	}

	/** The method, to be called on one bean. */
	public static final class Bound {

		private final Object receiver;

		private final Method method;

		private final boolean suspending;

		private final Argument[] arguments;

		private final @Nullable Function<Object, @Nullable Object> adapter;

		private Bound(Object receiver, Method method, boolean suspending, Argument[] arguments,
				@Nullable Function<Object, @Nullable Object> adapter) {
			this.receiver = receiver;
			this.method = method;
			this.suspending = suspending;
			this.arguments = arguments;
			this.adapter = adapter;
			ReflectionUtils.makeAccessible(method);
		}

		/**
		 * Calls the method.
		 * @param subject what the call is about
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
			@Nullable Object[] values = new @Nullable Object[this.arguments.length];
			for (int i = 0; i < values.length; i++) {
				values[i] = switch (this.arguments[i]) {
					case SUBJECT -> subject;
					case MESSAGE -> message;
					case SESSION -> session;
					case ARGS -> session.args();
				};
			}
			try {
				Object returned = this.suspending ? SuspendedReply.of(this.method, this.receiver, values)
						: this.method.invoke(this.receiver, values);
				return (returned != null && this.adapter != null) ? this.adapter.apply(returned) : returned;
			}
			catch (InvocationTargetException ex) {
				if (ex.getCause() instanceof Error error) {
					throw error;
				}
				throw (ex.getCause() instanceof Exception exception) ? exception : ex;
			}
		}

	}

	/** What a parameter is filled with. */
	private enum Argument {

		/** What the call is about: the message, the exception, the status. */
		SUBJECT(true),

		/** The message that failed, beside the exception. */
		MESSAGE(true),

		SESSION(false),

		ARGS(false);

		/** Whether a method can have only one such parameter. */
		private final boolean once;

		Argument(boolean once) {
			this.once = once;
		}

	}

}
