package dev.socketserver.test.slice;

import java.util.Set;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Leaves out the servers that are not named, fails for a name of none, and has beans made
 * when they are needed. A record, since test contexts are cached by the equality of their
 * customizers.
 *
 * @param names the names of servers and clients; none for all
 */
record SliceContextCustomizer(Set<String> names) implements ContextCustomizer {

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
		if (!this.names.isEmpty()) {
			context.getEnvironment().getPropertySources().addFirst(new NamedServersPropertySource(this.names));
			context.addBeanFactoryPostProcessor(new NamedServers(this.names, context.getEnvironment()));
		}
		context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
		context.addBeanFactoryPostProcessor(new Runners());
	}

}
