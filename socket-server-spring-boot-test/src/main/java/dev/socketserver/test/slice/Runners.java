package dev.socketserver.test.slice;

import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.MethodReplacer;
import org.springframework.beans.factory.support.ReplaceOverride;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.CommandLineRunner;

/**
 * Has runners of the application not run. A runner is removed, as it would be made only
 * to run. One that has {@code @Bean} methods, or is a handler, stays and does nothing
 * when it is run.
 */
final class Runners implements BeanFactoryPostProcessor {

	private static final String REPLACER = Runners.class.getName();

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
		Set<String> names = new LinkedHashSet<>();
		for (Class<?> type : List.of(ApplicationRunner.class, CommandLineRunner.class)) {
			names.addAll(List.of(beans.getBeanNamesForType(type, true, false)));
		}
		Set<String> factories = Stream.of(beans.getBeanDefinitionNames())
			.flatMap((name) -> Stream.ofNullable(beans.getBeanDefinition(name).getFactoryBeanName()))
			.collect(Collectors.toSet());
		// What it returns counts for nothing: a runner returns nothing.
		MethodReplacer nothing = (runner, method, arguments) -> runner;
		beans.registerSingleton(REPLACER, nothing);
		for (String name : names) {
			if (factories.contains(name) || isHandler(beans, name)) {
				replace(beans.getBeanDefinition(name), beans.getType(name, false));
			}
			else {
				((BeanDefinitionRegistry) beans).removeBeanDefinition(name);
			}
		}
	}

	private static boolean isHandler(ConfigurableListableBeanFactory beans, String name) {
		return beans.findAnnotationOnBean(name, SocketHandler.class, false) != null
				|| beans.findAnnotationOnBean(name, SocketClientHandler.class, false) != null;
	}

	/** What no subclass can be made of runs. */
	private static void replace(BeanDefinition runner, @Nullable Class<?> type) {
		if (runner instanceof AbstractBeanDefinition made && made.getFactoryMethodName() == null && type != null
				&& !Modifier.isFinal(type.getModifiers())) {
			for (Class<?> taken : List.of(ApplicationArguments.class, String[].class)) {
				ReplaceOverride run = new ReplaceOverride("run", REPLACER);
				run.addTypeIdentifier(taken.getName());
				made.getMethodOverrides().addOverride(run);
			}
		}
	}

}
