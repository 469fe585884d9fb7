package dev.socketserver.autoconfigure.handler;

import dev.socketserver.ServerHandler;
import dev.socketserver.autoconfigure.properties.BridgeProperties;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * Puts bridges, which store messages, before the handlers of servers. The module
 * {@code socket-server-spring-boot-bridge} has the implementation.
 */
public interface ServerBridges {

	/**
	 * Makes the handler of a server with a bridge.
	 * @param server what is known of the server
	 * @return the handler
	 * @throws InvalidSocketPropertyException if the bridge cannot work
	 */
	ServerHandler bridge(Server server);

	/**
	 * A server that is to have a bridge.
	 *
	 * @param name its name
	 * @param properties what the properties say about the bridge
	 * @param handler its handler; {@code null} if it has none
	 * @param reader reads payloads where there is no handler
	 * @param invalid creates the exception for a wrong value of the server
	 */
	record Server(String name, BridgeProperties properties, @Nullable ServerHandler handler, PayloadConverter<?> reader,
			ConsoleHandlers.InvalidValue invalid) {

	}

}
