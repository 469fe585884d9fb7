package dev.socketserver.cluster;

import java.time.Instant;

/**
 * A node of the cluster, as the directory has described it last.
 *
 * @param name the name, unique in the cluster
 * @param state what it is doing
 * @param sessions how many sessions it has, at its last renewal
 * @param startedAt when its application joined, by its own clock
 */
public record ClusterNode(String name, State state, int sessions, Instant startedAt) {

	/** What a node is doing. */
	public enum State {

		/** Serves. */
		UP,

		/** All of its servers drain, or its application stops. */
		DRAINING,

		/** Has not renewed its lease. It is listed for one more lease. */
		DEAD

	}

}
