package dev.socketserver.handler.bean;

import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.socketserver.FailureHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec.Side;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.annotation.SocketHandlerAdvice;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.dispatch.DispatchSettings;
import dev.socketserver.handler.intercept.InterceptedHandlers;
import dev.socketserver.handler.intercept.SocketHandlerInterceptor;
import dev.socketserver.handler.payload.Payload;
import dev.socketserver.handler.payload.PayloadConverters;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.TargetClassAware;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.BeanDefinitionStoreException;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.type.MethodMetadata;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Finds the handlers among the beans of an application context. The constructor creates
 * no bean; {@link #serverHandler}, {@link #reader} and {@link #writers} do. Not safe for
 * use by several threads.
 */
public final class HandlerBeans {

	/** The prefix of the name of a definition that is hidden by a scoped proxy. */
	private static final String SCOPED_TARGET = "scopedTarget.";

	/** What the names of Spring's own classes begin with. */
	private static final String SPRING = "org.springframework.";

	private final ConfigurableListableBeanFactory beanFactory;

	private final Map<Side, Collection<HandlerBean>> annotated = new EnumMap<>(Side.class);

	/** The annotations of beans with advice, by the names of the beans. */
	private final Map<String, Set<SocketHandlerAdvice>> advised;

	/** The beans that were inspected, as handlers or advice. */
	private final Set<String> asked = new LinkedHashSet<>();

	/** Created when it is first needed, since that creates beans. */
	private @Nullable PayloadConverters converters;

	/** Created when the first handler is. */
	private @Nullable AdviceBeans advices;

	/**
	 * Finds the handlers.
	 * @param beanFactory knows the beans
	 */
	public HandlerBeans(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
		Collection<String> names = names();
		this.annotated.put(Side.SERVER, findAnnotated(names, SocketHandler.class));
		this.annotated.put(Side.CLIENT, findAnnotated(names, SocketClientHandler.class));
		this.advised = findAnnotations(names, SocketHandlerAdvice.class);
	}

	/**
	 * Returns the beans that are annotated as handlers.
	 * @param side whether as handlers of servers, or of clients
	 * @return the beans, in the order of their definitions
	 */
	public Collection<HandlerBean> annotated(Side side) {
		return this.annotated.getOrDefault(side, List.of());
	}

	/**
	 * Returns whether a bean is annotated as a handler.
	 * @param side whether as a handler of servers, or of clients
	 * @param beanName the name
	 * @return whether it is
	 */
	public boolean isAnnotated(Side side, String beanName) {
		return annotated(side).stream().anyMatch((bean) -> bean.beanName().equals(beanName));
	}

	/**
	 * Returns whether there is a bean, annotated or not.
	 * @param beanName the name, or an alias
	 * @return whether there is one
	 */
	public boolean contains(String beanName) {
		return this.beanFactory.containsBean(beanName);
	}

	/**
	 * Returns the beans whose types have the form of a handler, annotated or not: those
	 * that a property could have meant. Creates no bean.
	 * @return the names
	 */
	public Collection<String> ofForms() {
		return HandlerFactory.FORMS.stream()
			.flatMap((form) -> Stream.of(this.beanFactory.getBeanNamesForType(form, true, false)))
			.filter((name) -> !name.startsWith(SCOPED_TARGET))
			.distinct()
			.toList();
	}

	/**
	 * Returns the name of a bean, given that or an alias.
	 * @param beanName the name, or an alias, of a bean
	 * @return the name
	 */
	public String nameOf(String beanName) {
		return Stream.of(this.beanFactory.getAliases(beanName))
			.filter(this.beanFactory::containsBeanDefinition)
			.findFirst()
			.orElse(beanName);
	}

	/**
	 * Creates the handler of a bean, in the form that the engine takes and behind the
	 * interceptors of the application. A singleton bean is created now, if it does not
	 * exist yet.
	 * @param beanName the bean's name
	 * @param owner the name of the server or client
	 * @param settings what the properties say about payloads
	 * @param dispatch what they say about several methods; {@code null} for nothing
	 * @return the handler
	 * @throws InvalidHandlerException if the bean has no form of a handler, or has one
	 * that cannot work; or if a bean with advice cannot
	 */
	public ServerHandler serverHandler(String beanName, String owner, PayloadSettings settings,
			@Nullable DispatchSettings dispatch) {
		HandlerCandidate candidate = candidate(beanName);
		ServerHandler handler = new HandlerFactory(candidate, converters(), settings, dispatch,
				advice(candidate, owner))
			.create();
		List<SocketHandlerInterceptor> interceptors = this.beanFactory.getBeanProvider(SocketHandlerInterceptor.class)
			.orderedStream()
			.toList();
		return interceptors.isEmpty() ? handler : new InterceptedHandlers(interceptors).intercept(handler);
	}

	/**
	 * Returns whether a handler consists of annotated methods.
	 * @param beanName the bean's name
	 * @return {@code false} for the other forms of handlers
	 */
	public boolean hasAnnotatedMethods(String beanName) {
		return !new MethodSearch(candidate(beanName)).found().isEmpty();
	}

	/**
	 * Returns the converter that reads payloads when there is no handler with a type of
	 * its own: text, bytes, or JSON as maps, lists and simple values.
	 * @param settings what the properties say about payloads
	 * @param reader who reads them, as the subject of messages
	 * @return the converter, which is that of text if the properties do not say
	 * @throws InvalidHandlerException if there is none
	 */
	public PayloadConverter<?> reader(PayloadSettings settings, String reader) {
		Class<?> type = (settings.payload() == Payload.AUTO) ? String.class : Object.class;
		return converters().reading(ResolvableType.forClass(type), settings, reader);
	}

	/**
	 * Returns the converters that write payloads which are neither text nor bytes.
	 * @param settings what the properties say about payloads
	 * @return the converters, in the order in which they are asked
	 */
	public List<PayloadConverter<?>> writers(PayloadSettings settings) {
		return converters().writing(settings);
	}

	/**
	 * Returns the beans with advice that apply to no handler that was created here.
	 * @return the names of the beans
	 */
	public Collection<String> adviceWithoutHandlers() {
		return (this.advices != null) ? this.advices.unused() : this.advised.keySet();
	}

	/**
	 * Returns the beans of the application that have methods for messages, are annotated
	 * as no handlers, and were not asked for here.
	 * @return the names of the beans
	 */
	public Collection<String> unannotated() {
		List<String> found = new ArrayList<>();
		for (String name : this.beanFactory.getBeanDefinitionNames()) {
			if (isAbstract(name)) {
				continue;
			}
			Class<?> hidden = classBehindProxy(name);
			Class<?> type = (hidden != null) ? hidden : this.beanFactory.getType(name, false);
			// In this order: most classes have no such methods, and need no lambda.
			if (type != null && !type.getName().startsWith(SPRING) && !type.getName().startsWith("java.")
					&& !name.startsWith(SCOPED_TARGET) && !this.asked.contains(visibleName(name))
					&& MethodSearch.hasMessages(ClassUtils.getUserClass(type)) && !isAnnotated(Side.SERVER, name)
					&& !isAnnotated(Side.CLIENT, name)) {
				found.add(name);
			}
		}
		return found;
	}

	private @Nullable FailureHandler advice(HandlerCandidate candidate, String owner) {
		if (this.advices == null && !this.advised.isEmpty()) {
			this.advices = new AdviceBeans(this, this.advised);
		}
		return (this.advices != null) ? this.advices.of(candidate, owner) : null;
	}

	/** Inspects a bean. */
	HandlerCandidate candidate(String beanName) {
		this.asked.add(beanName);
		String definition = SCOPED_TARGET + beanName;
		return new HandlerCandidate(this.beanFactory, beanName,
				this.beanFactory.containsBean(definition) ? definition : beanName);
	}

	PayloadConverters converters() {
		if (this.converters == null) {
			this.converters = new PayloadConverters(this.beanFactory);
		}
		return this.converters;
	}

	/**
	 * Returns the names of the beans that may have an annotation of ours: those that
	 * Spring itself defines, of a type of its own, are most of an application's, and it
	 * takes long to look at all of them.
	 */
	private Collection<String> names() {
		List<String> names = new ArrayList<>();
		for (Iterator<String> all = this.beanFactory.getBeanNamesIterator(); all.hasNext();) {
			String name = all.next();
			if (!isAbstract(name) && !isOfSpring(name)) {
				names.add(name);
			}
		}
		return names;
	}

	private boolean isOfSpring(String name) {
		if (!this.beanFactory.containsBeanDefinition(name)
				|| !(this.beanFactory.getBeanDefinition(name) instanceof AnnotatedBeanDefinition definition)) {
			return false;
		}
		MethodMetadata method = definition.getFactoryMethodMetadata();
		return method != null && method.getDeclaringClassName().startsWith(SPRING)
				&& method.getReturnTypeName().startsWith(SPRING);
	}

	private <A extends Annotation> Collection<HandlerBean> findAnnotated(Collection<String> names, Class<A> type) {
		List<HandlerBean> beans = new ArrayList<>();
		for (Map.Entry<String, Set<A>> bean : findAnnotations(names, type).entrySet()) {
			Set<String> served = new LinkedHashSet<>();
			for (A annotation : bean.getValue()) {
				served.addAll(resolved(bean.getKey(), served(annotation)));
			}
			beans.add(new HandlerBean(bean.getKey(), served));
		}
		return beans;
	}

	/** Returns the servers or clients that are named by an annotation of a handler. */
	private static String[] served(Annotation annotation) {
		return (annotation instanceof SocketHandler handler) ? handler.value()
				: ((SocketClientHandler) annotation).value();
	}

	private <A extends Annotation> Map<String, Set<A>> findAnnotations(Collection<String> names, Class<A> type) {
		Map<String, Set<A>> found = new LinkedHashMap<>();
		for (String name : names) {
			Set<A> annotations = annotations(name, type);
			if (!annotations.isEmpty()) {
				String visible = visibleName(name);
				Set<A> known = found.get(visible);
				if (known == null) {
					known = new LinkedHashSet<>();
					found.put(visible, known);
				}
				known.addAll(annotations);
			}
		}
		return found;
	}

	/** Resolves placeholders in what an annotation of a bean says. */
	Set<String> resolved(String name, String[] written) {
		Set<String> resolved = new LinkedHashSet<>();
		for (String text : written) {
			String value = resolve(name, text);
			if (StringUtils.hasText(value)) {
				resolved.add(value);
			}
		}
		return resolved;
	}

	/**
	 * Resolves placeholders. The exception of a wrong one would not name the bean by
	 * itself.
	 */
	private @Nullable String resolve(String name, String text) {
		try {
			return this.beanFactory.resolveEmbeddedValue(text);
		}
		catch (IllegalArgumentException ex) {
			String origin = this.beanFactory.containsBeanDefinition(name)
					? this.beanFactory.getBeanDefinition(name).getResourceDescription() : null;
			throw new BeanDefinitionStoreException(origin, name, ex.getMessage(), ex);
		}
	}

	private boolean isAbstract(String name) {
		return this.beanFactory.containsBeanDefinition(name)
				&& this.beanFactory.getMergedBeanDefinition(name).isAbstract();
	}

	private String visibleName(String name) {
		String visible = name.startsWith(SCOPED_TARGET) ? name.substring(SCOPED_TARGET.length()) : name;
		return this.beanFactory.containsBean(visible) ? visible : name;
	}

	private <A extends Annotation> Set<A> annotations(String name, Class<A> type) {
		// Most beans have none, and it takes much longer to look for all of them.
		Set<A> declared = (this.beanFactory.findAnnotationOnBean(name, type, false) != null)
				? this.beanFactory.findAllAnnotationsOnBean(name, type, false) : Set.of();
		Class<?> hidden = classBehindProxy(name);
		if (hidden == null) {
			return declared;
		}
		Set<A> annotations = new LinkedHashSet<>(declared);
		for (MergedAnnotation<A> annotation : MergedAnnotations.from(hidden, SearchStrategy.TYPE_HIERARCHY)
			.stream(type)
			.toList()) {
			annotations.add(annotation.synthesize());
		}
		return annotations;
	}

	/**
	 * Returns the class of a bean behind a proxy, or {@code null} if there is no proxy. A
	 * JDK proxy does not show annotations of that class, nor does the definition of a
	 * bean that is made by a factory method.
	 */
	private @Nullable Class<?> classBehindProxy(String name) {
		Object instance = this.beanFactory.containsSingleton(name) ? this.beanFactory.getSingleton(name) : null;
		if (instance != null) {
			// Only for a proxy, or a factory bean that makes one: the classes of others
			// were searched before.
			return (instance instanceof TargetClassAware) ? AopProxyUtils.ultimateTargetClass(instance) : null;
		}
		return this.beanFactory.containsBeanDefinition(name) ? (Class<?>) this.beanFactory.getMergedBeanDefinition(name)
			.getAttribute(AutoProxyUtils.ORIGINAL_TARGET_CLASS_ATTRIBUTE) : null;
	}

}
