package dev.socketserver.autoconfigure.named;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Says what a native image keeps: the methods by which {@link NamedBeans} are made, which
 * is left to the start.
 */
final class NamedBeansHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.reflection().registerType(NamedBeans.class, MemberCategory.INVOKE_DECLARED_METHODS);
	}

}
