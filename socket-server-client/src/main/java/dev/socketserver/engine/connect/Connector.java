package dev.socketserver.engine.connect;

import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.engine.lane.SessionThreads;
import dev.socketserver.spec.SocketTransport;

/**
 * What a client has taken from its start to its stop to connect with. Any thread.
 */
public interface Connector {

	/**
	 * Makes an attempt, which is not begun.
	 * @param connection is notified of what becomes of it
	 * @param server where it connects to
	 * @param number determines with which of the addresses of the name it begins, so that
	 * one that does not answer, or closes at once, is not always the first
	 * @return the attempt
	 */
	ConnectionAttempt attempt(ClientConnection connection, ServerAddress server, int number);

	/**
	 * Returns what runs handlers that block.
	 * @return the threads
	 */
	SessionThreads threads();

	/**
	 * Returns the transport.
	 * @return the transport, resolved
	 */
	SocketTransport transport();

	/**
	 * Makes what other settings need.
	 * @param next what the client is made from then
	 * @return has connections that are made from now on have these settings
	 * @throws IllegalArgumentException if it cannot be had; nothing has changed then
	 */
	Runnable reconfigured(ClientSpec next);

	/** Gives everything back. */
	void close();

	/** Makes the connector of a client that starts. */
	@FunctionalInterface
	interface Factory {

		/**
		 * Takes what connections need.
		 * @param client what the client's connections share
		 * @return the connector
		 * @throws RuntimeException if something cannot be had; nothing was taken then
		 */
		Connector open(ClientContext client);

	}

}
