package dev.socketserver.autoconfigure.named;

import java.util.Set;

import dev.socketserver.SocketServer;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.client.SocketClient;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.env.Environment;
import org.springframework.core.type.MethodMetadata;

/**
 * Defines a bean for each server and client of the properties, which has its name as a
 * qualifier: the name itself is often that of the handler. They are injected only where
 * the qualifier stands. Where there is none, and the application has no such bean of its
 * own, the field or parameter says the name. Nothing is defined where there are no
 * servers, or no clients.
 */
public final class NamedBeans implements BeanDefinitionRegistryPostProcessor {

	/** The configurations whose beans have no {@code @EventListener}. */
	private static final Set<String> OURS = Set.of("dev.socketserver.autoconfigure.SocketServerAutoConfiguration",
			"dev.socketserver.autoconfigure.settings.SocketSettingsAutoConfiguration");

	private final Environment environment;

	/**
	 * Creates the object.
	 * @param environment has the names
	 */
	public NamedBeans(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		Set<String> servers = Section.SERVERS.names(this.environment);
		if (!servers.isEmpty()) {
			define(servers, SocketServer.class, registry);
		}
		Set<String> clients = Section.CLIENTS.names(this.environment);
		if (!clients.isEmpty()) {
			define(clients, SocketClient.class, registry);
		}
		for (String name : registry.getBeanDefinitionNames()) {
			BeanDefinition definition = registry.getBeanDefinition(name);
			if (definition instanceof AnnotatedBeanDefinition annotated
					&& isOurs(annotated.getFactoryMethodMetadata())) {
				hasNoListeners(definition);
			}
		}
	}

	private static boolean isOurs(@Nullable MethodMetadata method) {
		return method != null && OURS.contains(method.getDeclaringClassName());
	}

	/**
	 * Has Spring look for no {@code @EventListener} in the bean's methods: it would load
	 * all types that these have, also those of beans that are never made.
	 */
	private static void hasNoListeners(BeanDefinition definition) {
		definition.setAttribute(AutoProxyUtils.ORIGINAL_TARGET_CLASS_ATTRIBUTE, Object.class);
	}

	private static void define(Set<String> names, Class<?> type, BeanDefinitionRegistry registry) {
		for (String name : names) {
			define(type.getSimpleName() + "." + name, named(name, type), registry);
		}
		define("named" + type.getSimpleName(), atInjectionPoint(type), registry);
	}

	private static void define(String bean, RootBeanDefinition definition, BeanDefinitionRegistry registry) {
		if (!registry.containsBeanDefinition(bean)) {
			registry.registerBeanDefinition(bean, definition);
		}
	}

	/** Describes what one of the methods below makes. */
	private static RootBeanDefinition madeBy(String method, Class<?> type) {
		RootBeanDefinition definition = new RootBeanDefinition(NamedBeans.class);
		definition.setFactoryMethodName(method);
		definition.setTargetType(type);
		definition.setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR);
		// It stands for what others stop.
		definition.setDestroyMethodName("");
		hasNoListeners(definition);
		return definition;
	}

	private static RootBeanDefinition atInjectionPoint(Class<?> type) {
		RootBeanDefinition definition = madeBy("ofInjectionPoint", type);
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, type);
		definition.setScope(BeanDefinition.SCOPE_PROTOTYPE);
		definition.setFallback(true);
		return definition;
	}

	/** Called for the definition above. */
	static Object ofInjectionPoint(Class<?> type, InjectionPoint point, BeanFactory beans) {
		return NamedObject.of(point, type, beans);
	}

	private static RootBeanDefinition named(String name, Class<?> type) {
		RootBeanDefinition definition = madeBy("ofName", type);
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
		definition.getConstructorArgumentValues().addIndexedArgumentValue(1, type);
		definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
		definition.setDefaultCandidate(false);
		definition.setLazyInit(true);
		return definition;
	}

	/** Called for the definition above. */
	static Object ofName(String name, Class<?> type, BeanFactory beans) {
		return NamedObject.of(name, type, beans);
	}

}
