package dev.socketserver.handler.argument;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.Identity;
import dev.socketserver.annotation.SessionAttribute;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.SocketArgumentResolver;
import dev.socketserver.handler.SocketMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedMethod;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;

/**
 * Decides what the parameters of annotated methods are given: what a resolver of the
 * application supports, else what an annotation or the type asks for.
 */
public final class Arguments {

	private static final String SECURITY = "org.springframework.security.core.annotation.AuthenticationPrincipal";

	private final List<SocketArgumentResolver> resolvers;

	private final boolean security;

	/** Finds the names of parameters, for resolvers. */
	private final @Nullable ParameterNameDiscoverer names;

	/**
	 * Prepares to decide.
	 * @param resolvers those of the application, in the order in which they are asked
	 * @param classLoader may know Spring Security
	 */
	public Arguments(List<SocketArgumentResolver> resolvers, @Nullable ClassLoader classLoader) {
		this.resolvers = List.copyOf(resolvers);
		this.security = ClassUtils.isPresent(SECURITY, classLoader);
		this.names = resolvers.isEmpty() ? null : new DefaultParameterNameDiscoverer();
	}

	/**
	 * Decides what the parameters of a method are given.
	 * @param kind when the method is called
	 * @param method the method
	 * @param types the types of the parameters, as far as the bean declares them
	 * @param origin the bean and the method, with which messages begin
	 * @return the arguments, in the order of the types; {@code null} for a parameter that
	 * has none
	 * @throws InvalidHandlerException if an annotation cannot be honoured
	 */
	public @Nullable Argument[] of(CallKind kind, Method method, List<ResolvableType> types, String origin) {
		MethodParameter[] parameters = new AnnotatedMethod(method).getMethodParameters();
		@Nullable Argument[] arguments = new @Nullable Argument[types.size()];
		for (int i = 0; i < arguments.length; i++) {
			String subject = "%s: parameter %s".formatted(origin, describe(method, i));
			arguments[i] = of(kind, parameters[i], types.get(i), subject);
		}
		return arguments;
	}

	/**
	 * Describes a parameter, for messages.
	 * @param method the method
	 * @param index the index of the parameter
	 * @return its number, type and name
	 */
	public static String describe(Method method, int index) {
		Parameter parameter = method.getParameters()[index];
		return "%s (%s %s)".formatted(index + 1, ClassUtils.getQualifiedName(parameter.getType()), parameter.getName());
	}

	private @Nullable Argument of(CallKind kind, MethodParameter parameter, ResolvableType type, String subject) {
		Argument resolved = resolved(parameter);
		if (resolved != null) {
			return resolved;
		}
		boolean optional = parameter.getParameterType() == Optional.class;
		ResolvableType within = optional ? type.getGeneric() : type;
		Argument argument = ofSession(parameter, within.resolve(Object.class), subject);
		if (argument != null) {
			return optional ? argument.then(Optional::ofNullable) : argument;
		}
		return ofCall(kind, parameter.getParameterType(), type);
	}

	/** What a resolver of the application gives. */
	private @Nullable Argument resolved(MethodParameter parameter) {
		if (this.names != null) {
			parameter.initParameterNameDiscovery(this.names);
		}
		Argument argument = resolvedAs(parameter);
		if (argument == null && parameter.getParameterType() == Optional.class) {
			Argument within = resolvedAs(new ParameterWithin(parameter));
			return (within != null) ? within.then(Optional::ofNullable) : null;
		}
		return argument;
	}

	private @Nullable Argument resolvedAs(MethodParameter parameter) {
		for (SocketArgumentResolver resolver : this.resolvers) {
			if (resolver.supports(parameter)) {
				return new ResolvedArgument(resolver, parameter);
			}
		}
		return null;
	}

	/** What a session has, or may not have. */
	private @Nullable Argument ofSession(MethodParameter parameter, Class<?> type, String subject) {
		Annotation[] annotations = parameter.getParameterAnnotations();
		Argument annotated = (annotations.length > 0) ? annotated(parameter, annotations, type, subject) : null;
		return (annotated == null && type == Principal.class) ? principal(BuiltInArgument.PRINCIPAL, parameter)
				: annotated;
	}

	private @Nullable Argument annotated(MethodParameter parameter, Annotation[] annotations, Class<?> type,
			String subject) {
		MergedAnnotations merged = MergedAnnotations.from(annotations);
		MergedAnnotation<Identity> identity = merged.get(Identity.class);
		if (identity.isPresent()) {
			if (type != String.class) {
				throw new InvalidHandlerException(subject + " is annotated with @Identity, but an identity is text",
						"Let it be a String, or an Optional of one");
			}
			return new IdentityArgument(identity.getString(MergedAnnotation.VALUE), !parameter.isOptional());
		}
		MergedAnnotation<SessionAttribute> attribute = merged.get(SessionAttribute.class);
		if (attribute.isPresent()) {
			return new AttributeArgument(attribute.getString(MergedAnnotation.VALUE),
					ClassUtils.resolvePrimitiveIfNecessary(type), !parameter.isOptional());
		}
		Argument authenticated = this.security ? AuthenticatedArgument.of(merged, type, subject) : null;
		return (authenticated != null) ? principal(authenticated, parameter) : null;
	}

	/** A principal may be missing, unless Kotlin says that it is never null. */
	private static Argument principal(Argument argument, MethodParameter parameter) {
		boolean never = KotlinDetector.isKotlinReflectPresent()
				&& KotlinDetector.isKotlinType(parameter.getDeclaringClass()) && !parameter.isOptional();
		return never ? argument.then(Arguments::required) : argument;
	}

	private static Object required(@Nullable Object principal) {
		if (principal == null) {
			throw new IllegalStateException("The session has no principal");
		}
		return principal;
	}

	/** What a call has, by the type of the parameter. */
	private static @Nullable Argument ofCall(CallKind kind, Class<?> raw, ResolvableType type) {
		if (raw == SocketSession.class) {
			return BuiltInArgument.SESSION;
		}
		if (raw == List.class && type.getGeneric().resolve() == String.class) {
			return BuiltInArgument.ARGS;
		}
		boolean failure = Throwable.class.isAssignableFrom(raw);
		return switch (kind) {
			case OPEN, DETAILS -> null;
			case MESSAGE -> (raw != CloseStatus.class && !failure) ? ofMessage(raw) : null;
			case ERROR ->
				!failure ? BuiltInArgument.FAILED : Error.class.isAssignableFrom(raw) ? null : BuiltInArgument.SUBJECT;
			case CLOSE -> (raw == CloseStatus.class) ? BuiltInArgument.SUBJECT : null;
		};
	}

	private static Argument ofMessage(Class<?> raw) {
		if (raw == SocketMessage.class) {
			return BuiltInArgument.MESSAGE;
		}
		return (raw == Instant.class) ? BuiltInArgument.RECEIVED_AT : BuiltInArgument.SUBJECT;
	}

}
