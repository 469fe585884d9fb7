package dev.socketserver.handler;

import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;

/**
 * What is known at start-up about a bean that is to be a handler.
 */
final class HandlerCandidate {

	private final ConfigurableListableBeanFactory beanFactory;

	private final String beanName;

	/** Whether each session gets an instance of its own. */
	private final boolean perSession;

	/** Where the bean may say what it is, the declared type first. */
	private final List<ResolvableType> types;

	private final Class<?> targetClass;

	private final String origin;

	/**
	 * Looks at a bean. A singleton is created now, if it has not been before.
	 * @param beanFactory knows the bean
	 * @param beanName the bean's name
	 * @param definitionName the name of the definition that says most about it: behind a
	 * scoped proxy it is another one
	 */
	HandlerCandidate(ConfigurableListableBeanFactory beanFactory, String beanName, String definitionName) {
		this.beanFactory = beanFactory;
		this.beanName = beanName;
		// Makes the definition resolve its factory method.
		beanFactory.getType(definitionName, false);
		BeanDefinition definition = definition(beanFactory, definitionName);
		this.perSession = definition != null && beanFactory.isPrototype(beanName);
		ResolvableType declared = (definition != null) ? made(definition.getResolvableType()) : ResolvableType.NONE;
		// Of a prototype whose instances are proxies the factory knows the proxy's type.
		ResolvableType actual = ResolvableType
			.forClass(this.perSession ? AutoProxyUtils.determineTargetClass(beanFactory, beanName)
					: AopProxyUtils.ultimateTargetClass(beanFactory.getBean(beanName)));
		this.types = Stream.of(declared, actual).filter((candidate) -> candidate.resolve() != null).toList();
		this.targetClass = actual.resolve(Object.class);
		this.origin = origin(definition);
	}

	/** A factory bean says what it makes. */
	private static ResolvableType made(ResolvableType declared) {
		ResolvableType factory = declared.as(FactoryBean.class);
		return (factory != ResolvableType.NONE) ? factory.getGeneric() : declared;
	}

	/** That of this context or a parent; of what was registered as an object none. */
	private static @Nullable BeanDefinition definition(ConfigurableListableBeanFactory beanFactory, String name) {
		try {
			return beanFactory.getMergedBeanDefinition(name);
		}
		catch (NoSuchBeanDefinitionException ex) {
			return null;
		}
	}

	private String origin(@Nullable BeanDefinition definition) {
		Method method = (definition instanceof RootBeanDefinition root) ? root.getResolvedFactoryMethod() : null;
		String where = (method != null)
				? "method %s.%s()".formatted(method.getDeclaringClass().getName(), method.getName())
				: "class " + this.targetClass.getName();
		return "bean '%s' (%s)".formatted(this.beanName, where);
	}

	String beanName() {
		return this.beanName;
	}

	List<ResolvableType> types() {
		return this.types;
	}

	/**
	 * The class behind any proxies, as far as it is known before there is an instance.
	 */
	Class<?> targetClass() {
		return this.targetClass;
	}

	@Nullable ClassLoader classLoader() {
		return this.beanFactory.getBeanClassLoader();
	}

	/** The bean and where it comes from, for messages. */
	String origin() {
		return this.origin;
	}

	/**
	 * Returns what the bean says about a type parameter of a form.
	 * @param form the form
	 * @param index the index of the type parameter
	 * @return the type, {@link ResolvableType#NONE} if it does not say
	 */
	ResolvableType generic(Class<?> form, int index) {
		for (ResolvableType type : this.types) {
			ResolvableType generic = type.as(form).getGeneric(index);
			if (PayloadConverters.known(generic) != null) {
				return generic;
			}
		}
		return ResolvableType.NONE;
	}

	/**
	 * Returns what gives an instance for a session.
	 * @param form the type of instances
	 * @param <T> the type of instances
	 * @return the supplier; of a singleton it gives always the same
	 */
	<T> Supplier<T> instances(Class<T> form) {
		if (this.perSession) {
			return () -> this.beanFactory.getBean(this.beanName, form);
		}
		T instance = this.beanFactory.getBean(this.beanName, form);
		return () -> instance;
	}

	/**
	 * Returns what gives the handler for a session. It adapts a singleton once.
	 * @param form the type of instances
	 * @param adapter makes a handler of an instance
	 * @param <T> the type of instances
	 * @return the handlers, as {@link ServerHandler.Messages} takes them
	 */
	<T> Function<SessionSpec, SessionHandler> sessions(Class<T> form, Function<T, SessionHandler> adapter) {
		Supplier<T> instances = instances(form);
		if (this.perSession) {
			return (spec) -> adapter.apply(instances.get());
		}
		SessionHandler handler = adapter.apply(instances.get());
		return (spec) -> handler;
	}

}
