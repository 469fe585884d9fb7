package dev.socketserver.bridge.autoconfigure;

import java.util.List;

import dev.socketserver.bridge.properties.BridgeProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;

/**
 * Says what a native image keeps for bridges: their keys, the scripts for the table, and
 * the classes that show whether a library is there.
 */
final class BridgeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources().registerPattern("dev/socketserver/bridge/schema-*.sql");
		BindableRuntimeHintsRegistrar.forTypes(BridgeProperties.class).registerHints(hints, classLoader);
		for (Class<?> block : List.of(BridgeProperties.class, BridgeProperties.Retry.class)) {
			hints.reflection().registerType(block, MemberCategory.INVOKE_PUBLIC_METHODS);
		}
		for (String type : ConfiguredBridges.LIBRARIES) {
			hints.reflection().registerTypeIfPresent(classLoader, type);
		}
	}

}
