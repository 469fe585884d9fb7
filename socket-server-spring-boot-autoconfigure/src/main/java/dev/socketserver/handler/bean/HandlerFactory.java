package dev.socketserver.handler.bean;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.ConversationHandler;
import dev.socketserver.FailureHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.StreamHandler;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.argument.CallKind;
import dev.socketserver.handler.dispatch.DispatchSettings;
import dev.socketserver.handler.payload.KotlinTypes;
import dev.socketserver.handler.payload.PayloadConverters;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.handler.payload.ReplyTypes;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.ResolvableType;

/**
 * Turns one bean into a handler, in the form that the engine takes.
 */
final class HandlerFactory {

	static final List<Class<?>> FORMS = List.of(StreamHandler.class, ConversationHandler.class, ConnectionHandler.class,
			Function.class, Consumer.class);

	private static final String SPLIT = "Split it, so that each bean has one form of a handler";

	private final HandlerCandidate candidate;

	private final MethodSearch search;

	private final PayloadConverters converters;

	private final PayloadSettings settings;

	private final @Nullable DispatchSettings dispatch;

	private final ReplyTypes replies;

	private final @Nullable FailureHandler advice;

	/**
	 * Prepares to make a handler of a bean.
	 * @param candidate the bean
	 * @param converters read and write payloads
	 * @param settings what the properties say about payloads
	 * @param dispatch what they say about several methods for messages; {@code null} for
	 * nothing
	 * @param advice answers failures of the handler, if there is advice
	 */
	HandlerFactory(HandlerCandidate candidate, PayloadConverters converters, PayloadSettings settings,
			@Nullable DispatchSettings dispatch, @Nullable FailureHandler advice) {
		this.candidate = candidate;
		this.search = new MethodSearch(candidate);
		this.converters = converters;
		this.settings = settings;
		this.dispatch = dispatch;
		this.advice = advice;
		this.replies = new ReplyTypes(converters, candidate.classLoader(), candidate.origin());
	}

	/**
	 * Creates the handler.
	 * @return the handler
	 * @throws InvalidHandlerException if the bean has no form of a handler, or has one
	 * that cannot work
	 */
	ServerHandler create() {
		this.search.refuseAsync(this.candidate.targetClass(), "its class");
		Map<Method, Set<CallKind>> found = this.search.checked();
		AnnotatedMethods methods = found.isEmpty() ? null : AnnotatedMethods.of(this.candidate, this.converters, found);
		Class<?> form = form(methods != null);
		ServerHandler made = (methods != null) ? methods.handler(this.settings, this.dispatch, this.advice)
				: create(Objects.requireNonNull(form));
		boolean answersBadFrames = (methods != null && methods.answersBadFrames())
				|| (this.advice != null && this.advice.answersBadFrames());
		return (answersBadFrames && made instanceof ServerHandler.Messages messages) ? messages.answeringBadFrames()
				: made;
	}

	private ServerHandler create(Class<?> form) {
		for (Method declared : form.getMethods()) {
			Method method = AopUtils.getMostSpecificMethod(declared, this.candidate.targetClass());
			this.search.refuseAsync(method, "method " + method.getName());
		}
		if (form == StreamHandler.class) {
			return new ServerHandler.Streams(this.candidate.beanName(), this.candidate.instances(StreamHandler.class),
					this.advice);
		}
		if (form == ConversationHandler.class) {
			return conversation();
		}
		if (form == ConnectionHandler.class) {
			Supplier<?> handlers = this.candidate.instances(ConnectionHandler.class);
			return ServerHandler.connection(this.candidate.beanName(), () -> (ConnectionHandler<?>) handlers.get(),
					this.advice);
		}
		if (form == Function.class) {
			return new ServerHandler.Messages(this.candidate.beanName(), input(Function.class), false, functions());
		}
		return new ServerHandler.Messages(this.candidate.beanName(), input(Consumer.class), false, consumers());
	}

	private @Nullable Class<?> form(boolean annotated) {
		List<Class<?>> forms = forms();
		if (forms.isEmpty() && !annotated) {
			if (this.candidate.types()
				.stream()
				.anyMatch((type) -> KotlinTypes.isFunction(type.resolve(Object.class)))) {
				throw new InvalidHandlerException(
						"%s is a Kotlin function, which cannot be a handler".formatted(this.candidate.origin()),
						"Declare it as java.util.function.Function or Consumer: Function<String, String> { … }");
			}
			throw InvalidHandlerException.noHandler(
					"%s is none of %s, and has no methods annotated with @OnMessage or the like"
						.formatted(this.candidate.origin(), names(FORMS)),
					"Make it one of these, and declare it as that: a @Bean method by its return type");
		}
		if (forms.size() > 1) {
			throw new InvalidHandlerException(
					"%s has several forms of handlers: %s".formatted(this.candidate.origin(), names(forms)), SPLIT);
		}
		if (!forms.isEmpty() && annotated) {
			throw new InvalidHandlerException(
					"%s is a %s and has annotated methods too".formatted(this.candidate.origin(), names(forms)), SPLIT);
		}
		return forms.isEmpty() ? null : forms.get(0);
	}

	/** Returns the forms of the first of the bean's types that has any. */
	private List<Class<?>> forms() {
		for (ResolvableType type : this.candidate.types()) {
			List<Class<?>> forms = new ArrayList<>();
			for (Class<?> form : FORMS) {
				if (type.as(form) != ResolvableType.NONE) {
					forms.add(form);
				}
			}
			if (!forms.isEmpty()) {
				return forms;
			}
		}
		return List.of();
	}

	private ServerHandler conversation() {
		PayloadConverter<?> input = input(ConversationHandler.class);
		this.replies.checkPayload(this.candidate.generic(ConversationHandler.class, 1));
		Supplier<?> handlers = this.candidate.instances(ConversationHandler.class);
		return new ServerHandler.Conversations(this.candidate.beanName(), input,
				() -> (ConversationHandler<?, ?>) handlers.get(), this.advice);
	}

	private Function<SessionSpec, SessionHandler> functions() {
		Function<Object, @Nullable Object> adapter = this.replies.check(this.candidate.generic(Function.class, 1));
		return this.candidate.adapted(Function.class,
				(function) -> new RequestHandler(function, (adapter != null)
						? (payload) -> adapted(ofPayloads(function).apply(payload), adapter) : ofPayloads(function),
						this.advice));
	}

	private Function<SessionSpec, SessionHandler> consumers() {
		return this.candidate.adapted(Consumer.class,
				(consumer) -> new RequestHandler(consumer, (payload) -> accept(consumer, payload), this.advice));
	}

	private static @Nullable Object adapted(@Nullable Object reply, Function<Object, @Nullable Object> adapter) {
		return (reply != null) ? adapter.apply(reply) : null;
	}

	@SuppressWarnings("unchecked") // the converter gives what the function takes
	private static Function<Object, @Nullable Object> ofPayloads(Function<?, ?> function) {
		return (Function<Object, @Nullable Object>) function;
	}

	@SuppressWarnings("unchecked") // the converter gives what the consumer takes
	private static @Nullable Object accept(Consumer<?> consumer, Object payload) {
		((Consumer<Object>) consumer).accept(payload);
		return null;
	}

	private PayloadConverter<?> input(Class<?> form) {
		return this.converters.reading(this.candidate.generic(form, 0), this.settings, this.candidate.origin());
	}

	private static String names(List<Class<?>> types) {
		return types.stream().map(Class::getSimpleName).collect(Collectors.joining(", "));
	}

}
