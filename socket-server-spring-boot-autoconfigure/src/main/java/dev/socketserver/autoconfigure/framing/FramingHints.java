package dev.socketserver.autoconfigure.framing;

import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.framing.FramingBuilder;
import dev.socketserver.framing.LengthFieldBuilder;
import dev.socketserver.framing.builder.CheckedBuilder;
import dev.socketserver.framing.builder.CountedBuilder;
import dev.socketserver.framing.builder.DelimiterBuilder;
import dev.socketserver.framing.builder.FixedBuilder;
import dev.socketserver.framing.builder.LineBuilder;
import dev.socketserver.framing.builder.StartEndBuilder;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;

/**
 * Says which records of framing blocks a native image binds, as no bean has them, and
 * which builders take their values.
 */
final class FramingHints implements RuntimeHintsRegistrar {

	private static final List<Class<?>> BUILDERS = List.of(FramingBuilder.class, CheckedBuilder.class,
			CountedBuilder.class, DelimiterBuilder.class, FixedBuilder.class, LengthFieldBuilder.class,
			LineBuilder.class, StartEndBuilder.class);

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		List<Class<?>> keys = Stream.of(FramingProperties.class.getDeclaredClasses()).filter(Class::isRecord).toList();
		BindableRuntimeHintsRegistrar.forTypes(keys.toArray(Class<?>[]::new)).registerHints(hints, classLoader);
		Stream.concat(keys.stream(), BUILDERS.stream())
			.forEach((type) -> hints.reflection().registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS));
	}

}
