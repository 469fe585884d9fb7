package dev.socketserver.cluster.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.payload.PayloadConverter;

/**
 * A cluster as the application's framework sees it: what it does with its life cycle, and
 * what it shows to operators.
 */
public interface ManagedCluster extends SocketCluster {

	/**
	 * Joins the cluster, unless that has begun already. The first use of any method of
	 * {@link SocketCluster} but {@link #node} begins that, too, and waits for nothing.
	 * @param patience how long to wait for that; the node goes on trying afterwards
	 * @return whether it has joined; {@code false}, with the thread's interrupt status
	 * set, if the thread is interrupted
	 */
	boolean join(Duration patience);

	/**
	 * Returns what {@link #nodes} does once this node has joined, or has not for 2 s or
	 * {@code request-timeout}. Only a call that is among the first waits for that; not
	 * for event loops.
	 * @return the nodes that are known, always with this one
	 */
	List<ClusterNode> joinedNodes();

	/**
	 * Returns what {@link #nodes} does, and does not join.
	 * @return the nodes that are known, always with this one
	 */
	List<ClusterNode> knownNodes();

	/**
	 * Says whether this node is about to go.
	 * @param draining whether it is
	 */
	void draining(boolean draining);

	/**
	 * Closes sessions of this node, one after the other, evenly over a time: those whose
	 * peers have been silent for longest first, each after its current call and its
	 * replies. Stops when so few sessions are left as there are to be, when no other node
	 * is up, or when this one drains. A rebalance that is under way ends with another.
	 * @param closing how many sessions are to close
	 * @param over the time over which they do
	 * @throws IllegalStateException if there is no directory, and so no other node
	 */
	void rebalance(int closing, Duration over);

	/** Leaves the cluster, and waits for that within the request timeout. */
	void leave();

	/**
	 * Whether there is a directory at all.
	 * @return {@code false} with one node
	 */
	boolean isClustered();

	/**
	 * Whether the directory can be reached.
	 * @return {@code true} with one node, and before it joins, since nothing needs it
	 */
	boolean isDirectoryUp();

	/**
	 * Returns since when the directory can be reached, or not.
	 * @return the instant
	 */
	Instant directorySince();

	/**
	 * Returns for how long the directory cannot be reached, by a clock that cannot be
	 * set.
	 * @return the time since it was first needed; zero while it can be reached
	 */
	Duration directoryAway();

	/**
	 * Whether a newer node has the name of this one.
	 * @return {@code true} while it lives
	 */
	boolean isSuperseded();

	/**
	 * Has another node perform an operation.
	 * @param node the name of the node
	 * @param operation what to do
	 * @param body its parameters
	 * @return the result; fails with a {@link dev.socketserver.cluster.DeliveryException}
	 */
	default CompletableFuture<byte[]> operate(String node, String operation, byte[] body) {
		return operate(node, operation, body, Duration.ZERO);
	}

	/**
	 * Has another node perform an operation that takes time.
	 * @param node the name of the node
	 * @param operation what to do
	 * @param body its parameters
	 * @param longer how much longer than the request timeout it may take
	 * @return the result; fails with a {@link dev.socketserver.cluster.DeliveryException}
	 */
	CompletableFuture<byte[]> operate(String node, String operation, byte[] body, Duration longer);

	/**
	 * Says what performs an operation that other nodes ask for.
	 * @param name the operation
	 * @param operation gets its parameters, on a thread that may wait
	 */
	void operation(String name, Function<byte[], CompletableFuture<byte[]>> operation);

	/**
	 * Says what converts payloads of servers that only other nodes have. The others are
	 * converted as their server does it.
	 * @param converters gives the converters; asked once, when there is a payload
	 */
	void converters(Supplier<? extends List<? extends PayloadConverter<?>>> converters);

}
