package dev.socketserver.cluster.spi;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How a node takes part in a cluster.
 *
 * @param node its name
 * @param lease how long it may be silent before it is dead
 * @param requestTimeout how long it waits for the directory, and for other nodes
 * @param localWhenUnavailable whether binds are decided among the sessions of this node
 * while the directory cannot be reached; else they return {@code false}
 * @param secret signs what nodes send each other, if there is one
 */
public record ClusterSettings(String node, Duration lease, Duration requestTimeout, boolean localWhenUnavailable,
		@Nullable String secret) {

}
