package dev.socketserver.engine.client;

import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.PendingRequests;

/**
 * A connection of a client, as its {@link ClientOutbox} sees it.
 */
public interface ClientLink {

	/**
	 * Sends a payload, without waiting.
	 * @param payload the payload
	 * @param completion notified when the payload is admitted, before this method
	 * returns; and of the outcome, on the loop and in the order of the calls, when the
	 * operating system has taken all of the payload, or never will; never if this method
	 * returns {@code false}. A {@link dev.socketserver.SessionClosedException} means that
	 * the connection is lost; after another failure it goes on with other payloads
	 * @return {@code false} if the connection is closing
	 */
	boolean deliver(byte[] payload, Completion completion);

	/**
	 * Returns the requests that wait for replies on this connection.
	 * @return the requests
	 */
	PendingRequests requests();

	/**
	 * Returns how many bytes the operating system has not taken yet, of what was
	 * delivered and of what the handler has sent itself.
	 * @return the number
	 */
	long pendingBytes();

	/** Ends the connection, because the server reads too slowly. */
	void slow();

}
