package dev.socketserver.cluster.spi;

import java.time.Duration;

import dev.socketserver.cluster.ClusterNode;

/**
 * Is notified of changes in the cluster. The methods are called one after the other, on
 * the one thread of the cluster, except {@link #requested} and {@link #claimed}, which
 * any thread may call. They must not block.
 */
public interface ClusterListener {

	/**
	 * Another node has joined.
	 * @param node the node
	 */
	default void joined(ClusterNode node) {
	}

	/**
	 * Another node has stopped, or is dead.
	 * @param node the node, as it was known last
	 */
	default void left(ClusterNode node) {
	}

	/**
	 * A request to another node is over.
	 * @param kind what was asked
	 * @param outcome how it ended
	 * @param took how long it took
	 */
	default void requested(String kind, String outcome, Duration took) {
	}

	/**
	 * A claim is decided.
	 * @param outcome how
	 */
	default void claimed(String outcome) {
	}

}
