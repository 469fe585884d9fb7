package dev.socketserver.test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Puts {@link FreePortsPropertySource} in front of all other property sources. A record,
 * since test contexts are cached by the equality of their customizers.
 */
record FreePortsContextCustomizer() implements ContextCustomizer {

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
		MutablePropertySources sources = context.getEnvironment().getPropertySources();
		FreePortsPropertySource freePorts = new FreePortsPropertySource(sources);
		sources.addFirst(freePorts);
		// Other customizers, that of @DynamicPropertySource for example, put theirs in
		// front.
		context.addBeanFactoryPostProcessor((beanFactory) -> sources.addFirst(freePorts));
	}

}
