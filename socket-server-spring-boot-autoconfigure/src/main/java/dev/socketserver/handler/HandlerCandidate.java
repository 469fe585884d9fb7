package dev.socketserver.handler;

import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.handler.payload.PayloadConverters;
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
 * What is known, when the application starts, about a bean that is to be a handler.
 */
final class HandlerCandidate {

	private final ConfigurableListableBeanFactory beanFactory;

	private final String beanName;

	/** Whether each session gets an instance of its own. */
	private final boolean perSession;

	/** The types that may say what the bean takes and returns, the declared one first. */
	private final List<ResolvableType> types;

	private final Class<?> targetClass;

	private final String origin;

	/**
	 * Inspects a bean. A singleton is created now, if it does not exist yet.
	 * @param beanFactory has the bean
	 * @param beanName the bean's name
	 * @param definitionName the name of the definition that says most about it, which is
	 * another one behind a scoped proxy
	 */
	HandlerCandidate(ConfigurableListableBeanFactory beanFactory, String beanName, String definitionName) {
		this.beanFactory = beanFactory;
		this.beanName = beanName;
		// This makes the definition resolve its factory method.
		beanFactory.getType(definitionName, false);
		BeanDefinition definition = definition(beanFactory, definitionName);
		this.perSession = definition != null && beanFactory.isPrototype(beanName);
		ResolvableType declared = (definition != null) ? made(definition.getResolvableType()) : ResolvableType.NONE;
		// For a prototype whose instances are proxies, the factory knows the type of the
		// proxy only.
		ResolvableType actual = ResolvableType
			.forClass(this.perSession ? AutoProxyUtils.determineTargetClass(beanFactory, beanName)
					: AopProxyUtils.ultimateTargetClass(beanFactory.getBean(beanName)));
		this.types = (declared.resolve() != null) ? List.of(declared, actual) : List.of(actual);
		this.targetClass = actual.resolve(Object.class);
		this.origin = origin(definition);
	}

	/**
	 * Returns what a factory bean makes, or the type itself if it is that of another
	 * bean.
	 */
	private static ResolvableType made(ResolvableType declared) {
		ResolvableType factory = declared.as(FactoryBean.class);
		return (factory != ResolvableType.NONE) ? factory.getGeneric() : declared;
	}

	/**
	 * Returns the definition from this context or a parent; an object that was registered
	 * as a singleton has none.
	 */
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

	/** Returns the bean and where it comes from, for messages. */
	String origin() {
		return this.origin;
	}

	/**
	 * Returns a type argument of a form, as the bean declares it.
	 * @param form the form
	 * @param index the index of the type parameter
	 * @return the type, or {@link ResolvableType#NONE} if the bean does not declare it
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
	 * Returns what supplies the instance for a session.
	 * @param form the type of instances
	 * @param <T> the type of instances
	 * @return the supplier; that of a singleton always supplies the same
	 */
	<T> Supplier<T> instances(Class<T> form) {
		if (this.perSession) {
			return () -> this.beanFactory.getBean(this.beanName, form);
		}
		T instance = this.beanFactory.getBean(this.beanName, form);
		return () -> instance;
	}

	/**
	 * Returns what creates the handler for a session. A singleton is adapted only once.
	 * @param form the type of instances
	 * @param adapter makes a handler of an instance
	 * @param <T> the type of instances
	 * @param <H> the type of handlers
	 * @return the handlers, as {@link ServerHandler.Messages} takes them
	 */
	<T, H extends SessionHandler> Function<SessionSpec, H> sessions(Class<T> form, Function<T, H> adapter) {
		Supplier<T> instances = instances(form);
		if (this.perSession) {
			return (spec) -> adapter.apply(instances.get());
		}
		H handler = adapter.apply(instances.get());
		return (spec) -> handler;
	}

}
