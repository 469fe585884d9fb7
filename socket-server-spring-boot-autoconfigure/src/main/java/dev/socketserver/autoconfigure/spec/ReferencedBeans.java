package dev.socketserver.autoconfigure.spec;

import java.nio.charset.Charset;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.socketserver.client.Correlator;
import dev.socketserver.handler.key.Discriminator;
import dev.socketserver.handler.key.Discriminators;
import dev.socketserver.spec.Suggestions;
import dev.socketserver.spi.HandlerExecutor;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Finds beans of the application that are named by properties, and creates them if they
 * do not exist yet.
 */
public final class ReferencedBeans {

	private final ListableBeanFactory beans;

	public ReferencedBeans(ListableBeanFactory beans) {
		this.beans = beans;
	}

	/**
	 * Returns an executor.
	 * @param name the bean's name
	 * @return the bean, with its name
	 * @throws IllegalArgumentException if there is no executor of that name; the message
	 * says what there is
	 */
	Executor executor(String name) {
		Executor bean = (Executor) get(name, "executor", Executor.class);
		return new HandlerExecutor(name, bean, ExecutorKind.mayWait(bean));
	}

	/**
	 * Returns the bean that determines which reply belongs to which request.
	 * @param name the name of a bean that is a {@link Correlator} or a {@link Function}
	 * @return the bean
	 * @throws IllegalArgumentException if there is no such bean; the message says what
	 * there is
	 */
	@SuppressWarnings("unchecked") // it takes the payloads of its client
	Correlator correlator(String name) {
		Object bean = get(name, "correlator", Correlator.class, Function.class);
		return (bean instanceof Correlator correlator) ? correlator : ((Function<Object, Object>) bean)::apply;
	}

	/**
	 * Returns the bean that gives payloads keys.
	 * @param name the name of a bean that is a {@link Function}
	 * @return the bean
	 * @throws IllegalArgumentException if there is no such bean; the message says what
	 * there is
	 */
	@SuppressWarnings("unchecked") // it takes the payloads of its client
	Function<Object, @Nullable Object> key(String name) {
		return (Function<Object, @Nullable Object>) get(name, "Function", Function.class);
	}

	/**
	 * Returns the bean that accepts the payloads that are replies.
	 * @param name the name of a bean that is a {@link Predicate}
	 * @return the bean
	 * @throws IllegalArgumentException if there is no such bean; the message says what
	 * there is
	 */
	@SuppressWarnings("unchecked") // it takes the payloads of its server or client
	Predicate<Object> reply(String name) {
		return (Predicate<Object>) get(name, "Predicate", Predicate.class);
	}

	/**
	 * Returns what finds the key of a frame.
	 * @param written what the property says: a built-in one, or the name of a
	 * {@link Function} bean
	 * @param charset the charset of text
	 * @return the discriminator
	 * @throws IllegalArgumentException if there is no such bean, or it takes no bytes;
	 * the message says what is wrong
	 */
	@SuppressWarnings("unchecked") // checked as far as the bean declares it
	Discriminator discriminator(String written, Charset charset) {
		Discriminator builtIn = Discriminators.builtIn(written, charset, this.beans);
		if (builtIn != null) {
			return builtIn;
		}
		Function<byte[], ?> function = (Function<byte[], ?>) get(written, "Function", Function.class);
		Class<?> taken = taken(written, function);
		if (!taken.isAssignableFrom(byte[].class)) {
			throw new IllegalArgumentException("that bean takes " + ClassUtils.getQualifiedName(taken)
					+ ", but the key is found in the bytes of a frame: Function<byte[], ?>");
		}
		return Discriminators.bean(written, function);
	}

	/** Returns what a function takes, as far as its bean declares it. */
	private Class<?> taken(String name, Function<?, ?> function) {
		ResolvableType declared = (this.beans instanceof ConfigurableListableBeanFactory factory
				&& factory.containsBeanDefinition(name)) ? factory.getMergedBeanDefinition(name).getResolvableType()
						: ResolvableType.NONE;
		ResolvableType type = declared.as(Function.class).getGeneric(0);
		if (type.resolve() == null) {
			type = ResolvableType.forClass(AopProxyUtils.ultimateTargetClass(function))
				.as(Function.class)
				.getGeneric(0);
		}
		return type.resolve(Object.class);
	}

	private Object get(String name, String noun, Class<?>... types) {
		if (!this.beans.containsBean(name)) {
			List<String> known = Stream.of(types)
				.flatMap((type) -> Stream.of(this.beans.getBeanNamesForType(type, true, false)))
				.toList();
			throw new IllegalArgumentException("there is no bean of that name ("
					+ Suggestions.sentence(name, known, "there are no " + noun + " beans") + ")");
		}
		Object bean = this.beans.getBean(name);
		if (Stream.of(types).noneMatch((type) -> type.isInstance(bean))) {
			throw new IllegalArgumentException(
					"that bean cannot be used as the " + noun + ", because its type is " + bean.getClass().getName());
		}
		return bean;
	}

}
