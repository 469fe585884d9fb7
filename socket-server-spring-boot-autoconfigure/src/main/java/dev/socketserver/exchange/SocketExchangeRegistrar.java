package dev.socketserver.exchange;

import java.util.LinkedHashSet;
import java.util.Set;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/**
 * Registers a bean definition for each interface that {@link ImportSocketExchanges} names
 * or finds.
 */
final class SocketExchangeRegistrar implements ImportBeanDefinitionRegistrar {

	private final Environment environment;

	private final ResourceLoader resources;

	SocketExchangeRegistrar(Environment environment, ResourceLoader resources) {
		this.environment = environment;
		this.resources = resources;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
		MergedAnnotation<ImportSocketExchanges> annotation = importing.getAnnotations()
			.get(ImportSocketExchanges.class);
		for (Class<?> type : annotation.getClassArray("value")) {
			SocketExchange exchange = type.getAnnotation(SocketExchange.class);
			if (exchange == null || exchange.value().isEmpty()) {
				throw new IllegalArgumentException(
						"Interface %s, which @ImportSocketExchanges of %s names, %s: write ".formatted(type.getName(),
								importing.getClassName(),
								(exchange == null) ? "has no @SocketExchange" : "names no client")
								+ "@SocketExchange(\"name of a client\"), or use the bean SocketExchanges");
			}
			register(type, registry);
		}
		Set<String> packages = new LinkedHashSet<>(Set.of(annotation.getStringArray("basePackages")));
		if (packages.isEmpty() && annotation.getClassArray("value").length == 0) {
			packages.add(ClassUtils.getPackageName(importing.getClassName()));
		}
		packages.forEach((name) -> scan(name, registry));
	}

	private void scan(String packageName, BeanDefinitionRegistry registry) {
		ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false,
				this.environment) {

			@Override
			protected boolean isCandidateComponent(AnnotatedBeanDefinition found) {
				return found.getMetadata().isInterface() && found.getMetadata().isIndependent();
			}

		};
		scanner.setResourceLoader(this.resources);
		scanner.addIncludeFilter(new AnnotationTypeFilter(SocketExchange.class, false, true));
		scanner.findCandidateComponents(packageName).forEach((found) -> {
			Class<?> type = ClassUtils.resolveClassName(String.valueOf(found.getBeanClassName()),
					this.resources.getClassLoader());
			if (!type.getAnnotation(SocketExchange.class).value().isEmpty()) {
				register(type, registry);
			}
		});
	}

	private static void register(Class<?> type, BeanDefinitionRegistry registry) {
		// The name of the class, as that of the client may be the name of another bean.
		if (!registry.containsBeanDefinition(type.getName())) {
			RootBeanDefinition definition = new RootBeanDefinition(SocketExchangeFactoryBean.class);
			// By name: code that is generated ahead of time cannot name a type that is
			// not public.
			definition.getConstructorArgumentValues().addIndexedArgumentValue(0, type.getName());
			definition.setAttribute(FactoryBean.OBJECT_TYPE_ATTRIBUTE, type);
			registry.registerBeanDefinition(type.getName(), definition);
		}
	}

}
