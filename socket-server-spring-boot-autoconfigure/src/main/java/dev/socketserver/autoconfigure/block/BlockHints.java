package dev.socketserver.autoconfigure.block;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Says what a native image keeps: the texts of {@link KnownModules}.
 */
final class BlockHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources().registerPattern("dev/socketserver/autoconfigure/block/known-modules.properties");
	}

}
