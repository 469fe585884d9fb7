package dev.socketserver.test.slice;

import java.util.List;
import java.util.Set;

import dev.socketserver.test.SocketServerTest;
import org.jspecify.annotations.Nullable;

import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/** Customizes the contexts of tests with {@link SocketServerTest}. */
final class SliceContextCustomizerFactory implements ContextCustomizerFactory {

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		SocketServerTest slice = TestContextAnnotationUtils.findMergedAnnotation(testClass, SocketServerTest.class);
		return (slice != null) ? new SliceContextCustomizer(Set.of(slice.value())) : null;
	}

}
