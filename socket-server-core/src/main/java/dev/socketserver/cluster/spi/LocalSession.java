package dev.socketserver.cluster.spi;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.Delivery;

/**
 * A session of this node, as a cluster sees it. No method waits.
 */
public interface LocalSession {

	/**
	 * Returns the id of the session.
	 * @return the id
	 */
	String id();

	/**
	 * Whether the session is closing: what it has is free for others.
	 * @return {@code false} while it is open
	 */
	boolean closing();

	/**
	 * Whether it is settled how the session ends: what has its identities is sought among
	 * others, since nothing can be sent to it any more. Such a session is closing.
	 * @return {@code false} while something may be sent to it
	 */
	boolean settled();

	/**
	 * The session has the identity now, and those of this node that had it before lose it
	 * as the policy says.
	 * @param identity the identity
	 * @param policy what happens to others
	 * @param token the token of the claim; 0 while the directory has not granted it
	 * @return {@code false} if the session is closing and does not take it
	 */
	boolean granted(Identity identity, BindPolicy policy, long token);

	/**
	 * Another session has the identity: this one loses it, and closes.
	 * @param identity the identity
	 * @param by who has it, for people
	 */
	void replaced(Identity identity, String by);

	/**
	 * The session has the identity no longer, since it has given it back; it may have
	 * been {@linkplain #granted} meanwhile.
	 * @param identity the identity
	 */
	void released(Identity identity);

	/**
	 * Sends a payload, if there is room.
	 * @param payload the payload
	 * @return what became of it
	 */
	CompletableFuture<Delivery> send(byte[] payload);

	/**
	 * Sends a payload to the peer, if there is room, and returns its reply.
	 * @param payload the payload
	 * @param timeout how long to wait
	 * @return the reply; fails with a {@link java.util.concurrent.TimeoutException} if
	 * there is none in time, else with a
	 * {@link dev.socketserver.cluster.DeliveryException}
	 */
	CompletableFuture<byte[]> ask(byte[] payload, Duration timeout);

	/**
	 * Closes the session on behalf of an operator.
	 * @return {@code false} if it is closing already
	 */
	boolean close();

}
