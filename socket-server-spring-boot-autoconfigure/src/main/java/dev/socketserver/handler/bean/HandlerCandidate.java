package dev.socketserver.handler.bean;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.socketserver.DetailedHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.SocketArgumentResolver;
import dev.socketserver.handler.argument.Argument;
import dev.socketserver.handler.argument.Arguments;
import dev.socketserver.handler.payload.PayloadConverters;
import dev.socketserver.handler.validation.Validations;
import dev.socketserver.operator.MessageObserver;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.SpringProxy;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.AbstractBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.Order;
import org.springframework.core.annotation.OrderUtils;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.validation.annotation.Validated;

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

	private final Collection<Class<?>> proxies;

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
		this.proxies = proxies(definitionName);
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

	/**
	 * Returns the classes of all proxies in front of the bean, of which a scoped proxy
	 * has another one behind it. Those of instances that do not exist yet are predicted.
	 */
	private Collection<Class<?>> proxies(String definitionName) {
		Set<Class<?>> found = new LinkedHashSet<>();
		if (!this.perSession) {
			Object instance = this.beanFactory.getBean(this.beanName);
			while (instance instanceof SpringProxy) {
				found.add(instance.getClass());
				instance = AopProxyUtils.getSingletonTarget(instance);
			}
		}
		if (this.perSession || !definitionName.equals(this.beanName)) {
			Class<?> predicted = predicted(definitionName);
			if (SpringProxy.class.isAssignableFrom(predicted)) {
				found.add(predicted);
			}
		}
		return found;
	}

	/** Returns the class of the instances, as the creators of proxies will make them. */
	private Class<?> predicted(String definitionName) {
		Class<?> type = this.targetClass;
		if (this.beanFactory instanceof AbstractBeanFactory factory) {
			for (BeanPostProcessor processor : factory.getBeanPostProcessors()) {
				if (processor instanceof SmartInstantiationAwareBeanPostProcessor smart) {
					type = smart.determineBeanType(type, definitionName);
				}
			}
		}
		return type;
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

	/**
	 * The classes of the proxies, as far as they are known before there is an instance.
	 */
	Collection<Class<?>> proxies() {
		return this.proxies;
	}

	/** Whether the bean has an annotation, on its class or on its factory method. */
	boolean isAnnotated(Class<? extends Annotation> type) {
		return this.beanFactory.findAnnotationOnBean(this.beanName, type) != null
				|| AnnotatedElementUtils.hasAnnotation(this.targetClass, type);
	}

	/** Returns the order of the bean among others. */
	int order() {
		if (!this.perSession && this.beanFactory.getBean(this.beanName) instanceof Ordered ordered) {
			return ordered.getOrder();
		}
		Order declared = this.beanFactory.findAnnotationOnBean(this.beanName, Order.class);
		return (declared != null) ? declared.value() : OrderUtils.getOrder(this.targetClass, Ordered.LOWEST_PRECEDENCE);
	}

	@Nullable ClassLoader classLoader() {
		return this.beanFactory.getBeanClassLoader();
	}

	/**
	 * Returns what supplies the observer of messages, if there is one. It is created when
	 * it is asked for.
	 */
	Supplier<@Nullable MessageObserver> observer() {
		// Remembers that there is none, too: it is asked for each message.
		SingletonSupplier<Optional<MessageObserver>> found = SingletonSupplier
			.of(() -> Optional.ofNullable(this.beanFactory.getBeanProvider(MessageObserver.class).getIfAvailable()));
		return () -> found.obtain().orElse(null);
	}

	/**
	 * Returns what decides the arguments of annotated methods. The resolvers of the
	 * application are created now, if they do not exist yet.
	 */
	Arguments arguments() {
		return new Arguments(this.beanFactory.getBeanProvider(SocketArgumentResolver.class).orderedStream().toList(),
				classLoader());
	}

	/**
	 * Whether the proxies of the bean validate what its methods are given.
	 */
	boolean isValidatedByProxy() {
		return !this.proxies.isEmpty() && AnnotatedElementUtils.hasAnnotation(this.targetClass, Validated.class)
				&& Validations.isOfMethods(this.beanFactory);
	}

	/**
	 * Has payloads validated before a method is called, if its parameter asks for it.
	 * @param argument gives the payload
	 * @param parameter the parameter
	 * @param origin the bean and the method, with which messages begin
	 * @return the argument, which may validate
	 */
	Argument validated(Argument argument, MethodParameter parameter, String origin) {
		Annotation[] annotations = parameter.getParameterAnnotations();
		return (annotations.length == 0) ? argument
				: Validations.validated(argument, annotations, isValidatedByProxy(), this.beanFactory, origin);
	}

	/** Returns the bean and where it is declared, for messages. */
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
	 * @throws InvalidHandlerException if a proxy cannot intercept a method of the form
	 */
	<T> Supplier<T> instances(Class<T> form) {
		checkForm(form, this.proxies, this.targetClass);
		if (this.perSession) {
			return () -> {
				T instance = this.beanFactory.getBean(this.beanName, form);
				if (instance instanceof SpringProxy && !this.proxies.contains(instance.getClass())) {
					checkForm(form, Set.of(instance.getClass()), AopProxyUtils.ultimateTargetClass(instance));
				}
				return instance;
			};
		}
		T instance = this.beanFactory.getBean(this.beanName, form);
		return () -> instance;
	}

	private void checkForm(Class<?> form, Collection<Class<?>> proxies, Class<?> target) {
		if (proxies.isEmpty() || form == Object.class) {
			// Each annotated method is checked by itself.
			return;
		}
		ProxiedMethod.checkAll(form, proxies, target, this.origin);
		if (DetailedHandler.class.isAssignableFrom(target)) {
			ProxiedMethod.checkAll(DetailedHandler.class, proxies, target, this.origin);
		}
	}

	/**
	 * Returns what gives an instance, adapted. A singleton is adapted once, and now.
	 * @param form the type of instances
	 * @param adapter adapts an instance
	 * @param <T> the type of instances
	 * @param <A> the type of what the adapter makes
	 * @return what gives them, also as {@link ServerHandler.Messages} takes it
	 * @throws InvalidHandlerException if a proxy cannot intercept a method of the form
	 */
	<T, A> Adapted<T, A> adapted(Class<T> form, Function<T, A> adapter) {
		Supplier<T> instances = instances(form);
		return new Adapted<>(instances, adapter, this.perSession ? null : adapter.apply(instances.get()));
	}

}
