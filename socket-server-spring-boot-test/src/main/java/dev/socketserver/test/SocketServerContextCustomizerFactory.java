package dev.socketserver.test;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/**
 * Gives the servers of every test context free ports, unless {@link SocketServerPorts}
 * says otherwise.
 */
final class SocketServerContextCustomizerFactory implements ContextCustomizerFactory {

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		SocketServerPorts ports = TestContextAnnotationUtils.findMergedAnnotation(testClass, SocketServerPorts.class);
		return (ports == null || ports.value() == SocketServerPorts.Mode.RANDOM) ? new FreePortsContextCustomizer()
				: null;
	}

}
