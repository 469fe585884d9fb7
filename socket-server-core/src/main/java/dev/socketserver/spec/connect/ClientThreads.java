package dev.socketserver.spec.connect;

import dev.socketserver.spec.InvalidSpecException;

/**
 * The names of a client's threads, and what keeps the JVM alive.
 *
 * @param name how the threads that run the handler are named, where <code>{name}</code>
 * stands for the name of the client; default <code>{name} client</code>
 * @param clientDaemon whether the JVM may exit while the client is started; default
 * {@code false} for a client with a handler, which serves its connection as a server
 * does, and {@code true} for one without
 */
public record ClientThreads(String name, boolean clientDaemon) {

	/**
	 * Returns the names of threads that are called like the client.
	 * @param clientDaemon see {@link #clientDaemon()}
	 * @return the component
	 */
	public static ClientThreads of(boolean clientDaemon) {
		return new ClientThreads("{name} client", clientDaemon);
	}

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public ClientThreads {
		InvalidSpecException.check(!name.isBlank(), "threads.name", name, "must not be blank");
	}

	/**
	 * Returns a copy with another {@link #name()}.
	 * @param name the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public ClientThreads name(String name) {
		return new ClientThreads(name, this.clientDaemon);
	}

	/**
	 * Returns a copy with another {@link #clientDaemon()}.
	 * @param clientDaemon the value
	 * @return the copy
	 */
	public ClientThreads clientDaemon(boolean clientDaemon) {
		return new ClientThreads(this.name, clientDaemon);
	}

}
