package dev.socketserver.cluster.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.Broadcast;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.ClusterSession;
import dev.socketserver.cluster.Delivery;
import org.jspecify.annotations.Nullable;

/**
 * This node, as a member of its cluster. Any thread. Futures complete on threads of the
 * cluster: whoever gives them to an application changes to another thread.
 */
public interface ClusterMember {

	/**
	 * Joins the cluster.
	 * @return completes when the node has joined; never, while the directory cannot be
	 * reached
	 */
	CompletableFuture<Void> start();

	/**
	 * Leaves the cluster.
	 * @return completes when that is done, or cannot be done; whoever cancels it has the
	 * member give up at once, on the calling thread, what it has begun
	 */
	CompletableFuture<Void> leave();

	/**
	 * Says whether this node is about to go.
	 * @param draining whether it is
	 */
	void draining(boolean draining);

	/**
	 * Claims an identity for a session.
	 * @param session the session
	 * @param identity the identity
	 * @param policy what happens if another session has it
	 * @return whether the session has it; never fails, and is decided within the request
	 * timeout, or a lease if the directory was lost
	 * @throws IllegalArgumentException if the identity is too long for messages about it
	 */
	CompletableFuture<Boolean> bind(LocalSession session, Identity identity, BindPolicy policy);

	/**
	 * A session has an identity no longer.
	 * @param session the id of the session
	 * @param identity the identity
	 */
	void release(String session, Identity identity);

	/**
	 * Returns the name of this node.
	 * @return the name
	 */
	String node();

	/**
	 * Returns the nodes as they are known.
	 * @return the nodes by their names, always with this one
	 */
	List<ClusterNode> nodes();

	/**
	 * Whether the directory can be reached, and takes claims.
	 * @return {@code false} before it was reached first, too
	 */
	boolean isDirectoryUp();

	/**
	 * Returns since when the directory can be used, or not.
	 * @return the instant
	 */
	Instant since();

	/**
	 * Returns for how long the directory cannot be used, by a clock that cannot be set.
	 * @return the time; zero while it can be used
	 */
	Duration directoryAway();

	/**
	 * Whether a newer node has the name of this one.
	 * @return {@code true} while it lives
	 */
	boolean isSuperseded();

	/**
	 * Finds the session that has an identity.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @return the session; fails with a
	 * {@link dev.socketserver.cluster.DeliveryException}
	 */
	CompletableFuture<Optional<ClusterSession>> find(String type, String id);

	/**
	 * Sends to the session that has an identity.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @param payload gives the payload for a server
	 * @return what became of it
	 */
	CompletableFuture<Delivery> send(String type, String id, Function<String, byte[]> payload);

	/**
	 * Closes the session that has an identity.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @return what became of it
	 */
	CompletableFuture<Delivery> close(String type, String id);

	/**
	 * Asks the peer that has an identity.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @param payload gives the payload for a server
	 * @param timeout how long to wait for the reply
	 * @param reply reads the reply of a server
	 * @param <T> the type of the reply
	 * @return the reply
	 */
	<T> CompletableFuture<T> ask(String type, String id, Function<String, byte[]> payload, Duration timeout,
			BiFunction<String, byte[], T> reply);

	/**
	 * Broadcasts to the sessions of a server on all nodes.
	 * @param server the server
	 * @param group a group of its sessions, or {@code null}
	 * @param payload the payload
	 * @return the result
	 */
	CompletableFuture<Broadcast> broadcast(String server, @Nullable String group, byte[] payload);

	/**
	 * Has another node perform an operation.
	 * @param node the name of the node
	 * @param operation what to do
	 * @param body its parameters
	 * @param longer how much longer than the request timeout it may take
	 * @return the result; fails with a {@link dev.socketserver.cluster.DeliveryException}
	 */
	CompletableFuture<byte[]> operate(String node, String operation, byte[] body, Duration longer);

}
