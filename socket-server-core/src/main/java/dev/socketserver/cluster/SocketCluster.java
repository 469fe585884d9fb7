package dev.socketserver.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.CloseReason;

/**
 * The nodes of an application, and the sessions of all of them by their identities. An
 * identity that several sessions have means the newest of them over all servers, as far
 * as this node knows them. All methods may be called from any thread, and none waits. The
 * futures complete off the event loops. They wait for the directory, and then for another
 * node, each as long as
 * {@link dev.socketserver.cluster.spi.ClusterSettings#requestTimeout()} says.
 * <p>
 * Payloads are converted on the node that calls. What is sent to one identity by one
 * thread arrives in that order as long as the session is reached on the same way. A
 * session of this node is reached directly. Without a directory this node is the only
 * one. An application without a server and client joins the others with the first call of
 * any method but {@link #node}.
 */
public interface SocketCluster {

	/**
	 * Returns the name of this node.
	 * @return the name
	 */
	String node();

	/**
	 * Returns the nodes, as the directory has described them last.
	 * @return the nodes, ordered by their names; always with this one
	 */
	List<ClusterNode> nodes();

	/**
	 * Finds the session that has an identity.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @return the session, or empty; fails with a {@link DeliveryException} if the
	 * directory cannot be reached
	 */
	CompletableFuture<Optional<ClusterSession>> find(String type, String id);

	/**
	 * Sends a payload to the session that has an identity. It never waits for room in the
	 * session's output.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @param payload what to send: text, bytes, or what the session's server can convert
	 * @return what became of it; fails with an {@link IllegalArgumentException} if the
	 * session is one of another node, and the payload longer than a message between nodes
	 * may be
	 * @throws IllegalArgumentException if the payload cannot be converted
	 */
	CompletableFuture<Delivery> send(String type, String id, Object payload);

	/**
	 * Sends a payload to the peer that has an identity, and returns its reply.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @param payload what to send, as for {@link #send}
	 * @param reply what the reply is to be: {@code String}, {@code byte[]}, or a type for
	 * which there is a converter
	 * @param timeout how long to wait for the reply
	 * @param <T> the type of the reply
	 * @return the reply; fails with a {@link DeliveryException} if the session cannot be
	 * reached, with a {@link java.util.concurrent.TimeoutException} if the peer does not
	 * reply in time, and else as {@link #send} does
	 * @throws IllegalArgumentException as {@link #send} does
	 */
	<T> CompletableFuture<T> ask(String type, String id, Object payload, Class<T> reply, Duration timeout);

	/**
	 * Closes the session that has an identity, with {@link CloseReason#OPERATOR_CLOSED}.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @return {@link Delivery#WRITTEN} if the session was notified
	 */
	CompletableFuture<Delivery> close(String type, String id);

	/**
	 * Sends a payload to the sessions that a server has on all nodes.
	 * @param server the name of the server
	 * @param payload what to send, as for {@link #send}
	 * @return how many sessions took it, and which nodes did not answer
	 * @throws IllegalArgumentException if the payload cannot be converted, or there are
	 * other nodes, and it is longer than a message between nodes may be: nothing is sent
	 * then
	 */
	CompletableFuture<Broadcast> broadcast(String server, Object payload);

	/**
	 * Sends a payload to a group of sessions that a server has on all nodes.
	 * @param server the name of the server
	 * @param group the name of the group
	 * @param payload what to send, as for {@link #send}
	 * @return how many sessions took it, and which nodes did not answer
	 * @throws IllegalArgumentException as {@link #broadcast(String, Object)} does
	 */
	CompletableFuture<Broadcast> broadcast(String server, String group, Object payload);

}
