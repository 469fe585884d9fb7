package dev.socketserver.autoconfigure.handler;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.env.Environment;

/**
 * Finds what the module {@code socket-server-spring-boot-bridge} contributes. Loaded only
 * where there is a property of a bridge.
 */
public final class BridgeModule {

	private static final String MISSING = "socket-server-spring-boot-bridge, which stores messages, is not on the "
			+ "class path, or its auto-configuration is excluded";

	private static final String ADD = "Add dev.socketserver:socket-server-spring-boot-starter-bridge to the "
			+ "application, or remove the property";

	private final @Nullable ServerBridges bridges;

	public BridgeModule(BeanFactory beans) {
		this.bridges = beans.getBeanProvider(ServerBridges.class).getIfAvailable();
	}

	/**
	 * Returns what makes bridges.
	 * @param key a key of the server that is to have one
	 * @param invalid creates the exception for the server
	 * @return what makes them
	 * @throws InvalidSocketPropertyException if there is nothing that does
	 */
	public ServerBridges bridges(String key, ConsoleHandlers.InvalidValue invalid) {
		if (this.bridges == null) {
			throw invalid.of(key, MISSING, ADD);
		}
		return this.bridges;
	}

	/**
	 * Checks that the properties of all bridges have an effect.
	 * @param environment has them
	 * @throws InvalidSocketPropertyException if there is nothing that reads them
	 */
	public void check(Environment environment) {
		if (this.bridges == null) {
			String property = environment.containsProperty("socket.bridge.require-durable")
					? "socket.bridge.require-durable" : "socket.bridge.initialize-schema";
			throw new InvalidSocketPropertyException(property, environment.getProperty(property), MISSING, ADD);
		}
	}

}
