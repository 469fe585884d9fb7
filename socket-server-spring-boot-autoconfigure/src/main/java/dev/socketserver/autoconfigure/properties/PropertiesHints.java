package dev.socketserver.autoconfigure.properties;

import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Says what a native image keeps: the components of blocks, which are read by their
 * names.
 */
final class PropertiesHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		Stream.of(SessionProperties.class, ServerDefaults.class, ServerProperties.class, ClientProperties.class)
			.flatMap((type) -> Stream.of(type.getDeclaredClasses()))
			.filter(Class::isRecord)
			.forEach((block) -> hints.reflection().registerType(block, MemberCategory.INVOKE_PUBLIC_METHODS));
	}

}
