package dev.socketserver.bridge.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Says what a native image keeps for bridges: the scripts for the table, and the classes
 * that tell whether a library is there.
 */
final class BridgeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources().registerPattern("dev/socketserver/bridge/schema-*.sql");
		for (String type : ConfiguredBridges.LIBRARIES) {
			hints.reflection().registerTypeIfPresent(classLoader, type);
		}
	}

}
