package dev.socketserver.autoconfigure.registration;

import dev.socketserver.ServerSpec;

/**
 * Changes what the properties have made of a server. Beans of this type are called in
 * their order when the application starts, for each server of the properties and each
 * {@link SocketServerSpecFactory} builder, before anything listens. What a customizer
 * throws, and values that do not fit together, fail the start.
 */
@FunctionalInterface
public interface SocketServerSpecCustomizer {

	/**
	 * Changes a specification.
	 * @param server the name of the server
	 * @param spec has what the properties say, and may be changed
	 */
	void customize(String server, ServerSpec.Builder spec);

}
