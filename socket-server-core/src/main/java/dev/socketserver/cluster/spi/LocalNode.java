package dev.socketserver.cluster.spi;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * This node, as far as other nodes ask for it. Safe for use by several threads.
 */
public interface LocalNode {

	/**
	 * Returns how many sessions there are.
	 * @return the number
	 */
	int count();

	/**
	 * Sends a payload to the sessions of a server, waiting for none.
	 * @param server the name of the server
	 * @param group a group of them, or {@code null} for all
	 * @param payload the payload
	 * @return how many took it
	 */
	int broadcast(String server, @Nullable String group, byte[] payload);

	/**
	 * Performs an operation that another node asks for. Runs where code of the
	 * application runs.
	 * @param operation what to do
	 * @param body its parameters
	 * @return the result
	 */
	CompletableFuture<byte[]> operate(String operation, byte[] body);

}
