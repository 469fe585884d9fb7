package dev.socketserver.handler;

import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.StreamHandler;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Turns one bean into the form that the engine knows.
 */
final class HandlerFactory {

	private static final List<Class<?>> FORMS = List.of(StreamHandler.class, ConnectionHandler.class, Function.class,
			Consumer.class);

	private static final List<Class<?>> REPLIES = List.of(String.class, byte[].class, ByteBuffer.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final String beanName;

	private final boolean perSession;

	/** Where the bean may say what it is, the declared type first. */
	private final List<ResolvableType> types;

	private final String origin;

	/**
	 * Prepares to describe a bean.
	 * @param beanFactory knows the bean
	 * @param beanName the bean's name
	 * @param definitionName the name of the definition that says most about it: behind a
	 * scoped proxy it is another one
	 */
	HandlerFactory(ConfigurableListableBeanFactory beanFactory, String beanName, String definitionName) {
		this.beanFactory = beanFactory;
		this.beanName = beanName;
		this.perSession = !beanFactory.containsSingleton(beanName) && beanFactory.isPrototype(beanName);
		// Makes the definition resolve its factory method.
		Class<?> type = beanFactory.getType(definitionName, false);
		BeanDefinition definition = beanFactory.containsBeanDefinition(definitionName)
				? beanFactory.getMergedBeanDefinition(definitionName) : null;
		ResolvableType declared = (definition != null) ? definition.getResolvableType() : ResolvableType.NONE;
		ResolvableType actual = ResolvableType
			.forClass(this.perSession ? type : AopProxyUtils.ultimateTargetClass(beanFactory.getBean(beanName)));
		this.types = Stream.of(declared, actual).filter((candidate) -> candidate.resolve() != null).toList();
		this.origin = origin(definition, actual);
	}

	ServerHandler create() {
		List<Class<?>> forms = this.types.stream()
			.map(HandlerFactory::forms)
			.filter((found) -> !found.isEmpty())
			.findFirst()
			.orElse(List.of());
		if (forms.isEmpty()) {
			throw new InvalidHandlerException("%s is none of %s".formatted(this.origin, names(FORMS)),
					"Make it one of these, and declare it as that: a @Bean method by its return type");
		}
		if (forms.size() > 1) {
			throw new InvalidHandlerException("%s is all of %s".formatted(this.origin, names(forms)),
					"Split it, so that each bean has one form of a handler");
		}
		Class<?> form = forms.get(0);
		if (form == StreamHandler.class) {
			return new ServerHandler.Streams(this.beanName, instances(StreamHandler.class));
		}
		if (form == ConnectionHandler.class) {
			Supplier<?> handlers = instances(ConnectionHandler.class);
			return ServerHandler.connection(this.beanName, () -> (ConnectionHandler<?>) handlers.get());
		}
		PayloadConverter<?> input = converter(form);
		return new ServerHandler.Messages(this.beanName, input, false,
				(form == Function.class) ? functions() : consumers());
	}

	private static List<Class<?>> forms(ResolvableType type) {
		return FORMS.stream().filter((form) -> type.as(form) != ResolvableType.NONE).toList();
	}

	private Function<ServerSpec, SessionHandler> functions() {
		checkReply();
		return sessions(Function.class, (function) -> (payload, session) -> apply(function, payload));
	}

	private Function<ServerSpec, SessionHandler> consumers() {
		return sessions(Consumer.class, (consumer) -> (payload, session) -> accept(consumer, payload));
	}

	@SuppressWarnings("unchecked") // the converter gives what the function takes
	private static @Nullable Object apply(Function<?, ?> function, Object payload) {
		return ((Function<Object, @Nullable Object>) function).apply(payload);
	}

	@SuppressWarnings("unchecked") // the converter gives what the consumer takes
	private static @Nullable Object accept(Consumer<?> consumer, Object payload) {
		((Consumer<Object>) consumer).accept(payload);
		return null;
	}

	private <T> Function<ServerSpec, SessionHandler> sessions(Class<T> form, Function<T, SessionHandler> adapter) {
		Supplier<T> instances = instances(form);
		if (this.perSession) {
			return (spec) -> adapter.apply(instances.get());
		}
		SessionHandler handler = adapter.apply(instances.get());
		return (spec) -> handler;
	}

	private <T> Supplier<T> instances(Class<T> form) {
		if (this.perSession) {
			return () -> this.beanFactory.getBean(this.beanName, form);
		}
		T instance = this.beanFactory.getBean(this.beanName, form);
		return () -> instance;
	}

	private PayloadConverter<?> converter(Class<?> form) {
		Class<?> input = generic(form, 0);
		if (input == null) {
			throw new InvalidHandlerException("%s does not say what it reads".formatted(this.origin),
					"Declare the types, for example as the return type Function<String, String> of a @Bean method");
		}
		if (input == String.class || input == CharSequence.class) {
			return PayloadConverter.text(StandardCharsets.UTF_8);
		}
		if (input == byte[].class) {
			return PayloadConverter.bytes();
		}
		if (input == ByteBuffer.class) {
			return PayloadConverter.buffer();
		}
		throw new InvalidHandlerException("%s reads %s, for which there is no converter".formatted(this.origin,
				ClassUtils.getQualifiedName(input)), "Let it read " + names(REPLIES));
	}

	private void checkReply() {
		Class<?> reply = generic(Function.class, 1);
		if (reply != null && reply != Void.class
				&& REPLIES.stream().noneMatch((type) -> reply.isAssignableFrom(type) || type.isAssignableFrom(reply))) {
			throw new InvalidHandlerException("%s replies with %s, which cannot be sent".formatted(this.origin,
					ClassUtils.getQualifiedName(reply)), "Let it return " + names(REPLIES));
		}
	}

	private @Nullable Class<?> generic(Class<?> form, int index) {
		return this.types.stream()
			.map((type) -> type.as(form).getGeneric(index).resolve())
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	private String origin(@Nullable BeanDefinition definition, ResolvableType actual) {
		Method method = (definition instanceof RootBeanDefinition root) ? root.getResolvedFactoryMethod() : null;
		String where = (method != null)
				? "method %s.%s()".formatted(method.getDeclaringClass().getName(), method.getName())
				: "class " + actual.resolve(Object.class).getName();
		return "bean '%s' (%s)".formatted(this.beanName, where);
	}

	private static String names(List<Class<?>> types) {
		return types.stream().map(Class::getSimpleName).collect(Collectors.joining(", "));
	}

}
