package dev.socketserver.benchmarks.ask;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * A server that asks its peers, of which each sends back what it gets.
 */
interface Asker extends AutoCloseable {

	/**
	 * Returns the port.
	 * @return the port that peers connect to
	 */
	int port();

	/**
	 * Returns how many peers are connected.
	 * @return the number
	 */
	int peers();

	/**
	 * Asks a peer.
	 * @param peer which one
	 * @param request the request, whose key is in front of a colon
	 * @return a future for the reply
	 */
	CompletableFuture<?> ask(int peer, String request);

	/**
	 * Has something done with the outcome, off the event loop.
	 * @param reply the future
	 * @param then what to do
	 */
	default void then(CompletableFuture<?> reply, BiConsumer<Object, Throwable> then) {
		CompletableFuture<?> unused = reply.whenComplete(then);
	}

	@Override
	void close();

}
