package dev.socketserver.cluster.spi;

import java.time.Duration;

import dev.socketserver.cluster.ClusterNode;

/**
 * Is notified of changes in the cluster. {@link #joined} and {@link #left} are called one
 * after the other, where code may wait. {@link #requested} and {@link #claimed} are
 * called on the thread that has decided that, which others wait for: they must not wait.
 * What a listener throws is logged and has no other effect.
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
