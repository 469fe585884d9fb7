package dev.socketserver.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.socketserver.spec.Suggestions;

/**
 * The clients of an application, in the order in which they were registered. Safe for use
 * by several threads; iteration is weakly consistent.
 */
public interface SocketClients extends Iterable<SocketClient> {

	/**
	 * Returns a client.
	 * @param name the name
	 * @return the client, or empty
	 */
	Optional<SocketClient> client(String name);

	/**
	 * Returns a client that must be there.
	 * @param name the name
	 * @return the client
	 * @throws IllegalArgumentException if there is none of that name; its message names
	 * the nearest
	 */
	default SocketClient get(String name) {
		return client(name).orElseThrow(() -> {
			List<String> names = new ArrayList<>();
			forEach((other) -> names.add(other.name()));
			return new IllegalArgumentException("There is no client '" + name + "', "
					+ Suggestions.sentence(name, names,
							"and no other: those of properties are registered when the application "
									+ "context starts, after its beans were made"));
		});
	}

	/**
	 * Adds a client, without starting it.
	 * @param spec the specification
	 * @return the client, {@link ClientState#STOPPED}
	 * @throws IllegalArgumentException if there is a client of that name; it is unharmed
	 * @throws IllegalStateException if the application has closed all clients
	 */
	SocketClient register(ClientSpec spec);

	/**
	 * Closes a client and forgets it. Payloads that it has accepted are still sent if
	 * possible, but this method does not wait for that.
	 * @param name the name
	 * @return whether there was a client of that name
	 */
	boolean remove(String name);

}
