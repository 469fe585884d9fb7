package dev.socketserver.chaos;

import java.net.InetAddress;

/**
 * One thing that happens in a schedule. It says itself what the servers must have counted
 * of it, and fails if it has not happened.
 */
sealed interface Action permits Traffic, Abuse, Question, Operation, Trouble, ClusterAction, ClientLoss, ClientAsk {

	/**
	 * Plays it, once.
	 * @param field where
	 * @param from the address of its peers, which no other action has
	 * @throws Exception if something is not as it must be
	 */
	void play(Field field, InetAddress from) throws Exception;

	/**
	 * Whether no other action may be under way, since it would be hit by this one.
	 * @return {@code false} unless it is said otherwise
	 */
	default boolean isAlone() {
		return false;
	}

	/**
	 * Whether there must be another node.
	 * @return {@code false} unless it is said otherwise
	 */
	default boolean needsCluster() {
		return false;
	}

	/**
	 * Returns the kind, for figures.
	 * @return the name of the class, and of what distinguishes two of a class
	 */
	default String kind() {
		return getClass().getSimpleName();
	}

}
