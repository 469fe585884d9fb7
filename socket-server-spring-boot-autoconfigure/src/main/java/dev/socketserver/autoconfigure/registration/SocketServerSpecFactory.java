package dev.socketserver.autoconfigure.registration;

import java.util.Map;

import dev.socketserver.ServerSpec;

/**
 * Makes specifications for servers that the application
 * {@linkplain dev.socketserver.SocketServers#register registers} itself, as the
 * properties would: with {@code socket.server-defaults}, the converters of the
 * application, its {@link SocketServerSpecCustomizer}s and the defaults of the starter. A
 * bean; safe for use by several threads.
 */
@FunctionalInterface
public interface SocketServerSpecFactory {

	/**
	 * Begins the specification of a server on a free port.
	 * @param name the name of the server
	 * @return a builder, to which the handler is still to be given
	 */
	default ServerSpec.Builder builder(String name) {
		return builder(name, Map.of());
	}

	/**
	 * Begins the specification of a server.
	 * @param name the name of the server
	 * @param properties its properties, with keys as below {@code socket.servers.<name>},
	 * such as {@code framing}, {@code ssl.bundle} or {@code handler}. They override those
	 * of the environment. Without {@code port} it is a free one
	 * @return a builder; without the property {@code handler}, the handler is still to be
	 * given to it
	 * @throws RuntimeException if a key is unknown or a value wrong, with the same
	 * message that the start of the application would fail with
	 */
	ServerSpec.Builder builder(String name, Map<String, ?> properties);

}
