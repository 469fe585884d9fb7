package dev.socketserver.exchange.call;

import java.util.Collection;

import dev.socketserver.handler.payload.PayloadSettings;
import org.jspecify.annotations.Nullable;

/**
 * The clients that the properties ask for. Beans of interfaces are made before these
 * clients are registered.
 */
public interface ConfiguredClients {

	/**
	 * Returns the names of the clients.
	 * @return the names
	 */
	Collection<String> names();

	/**
	 * Returns what the properties say about a client's payloads.
	 * @param name the client's name
	 * @return the settings, or {@code null} if there is no such client
	 */
	@Nullable PayloadSettings payloads(String name);

}
