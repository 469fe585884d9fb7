package dev.socketserver.autoconfigure.registration;

import dev.socketserver.client.ClientSpec;

/**
 * Changes what the properties have made of a client. Beans of this type are called in
 * their order when the application starts, for each client of the properties, before
 * anything connects. What a customizer throws, and values that do not fit together, fail
 * the start.
 */
@FunctionalInterface
public interface SocketClientSpecCustomizer {

	/**
	 * Changes a specification.
	 * @param client the name of the client
	 * @param spec has what the properties say, and may be changed
	 */
	void customize(String client, ClientSpec.Builder spec);

}
