package dev.socketserver.autoconfigure.framing;

import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;

/**
 * Says which records of framing blocks a native image binds: no bean has them.
 */
final class FramingHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		Stream<Class<?>> types = Stream.of(FramingProperties.class.getPermittedSubclasses());
		BindableRuntimeHintsRegistrar
			.forTypes(Stream.concat(types, Stream.of(FramingProperties.EscapeList.class)).toArray(Class<?>[]::new))
			.registerHints(hints, classLoader);
	}

}
