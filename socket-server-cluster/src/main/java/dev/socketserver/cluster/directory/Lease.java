package dev.socketserver.cluster.directory;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * What a node says of itself when it renews its lease.
 *
 * @param node the node
 * @param duration how long the lease is
 * @param draining whether it is about to go
 * @param sessions how many sessions it has
 * @param startedAt when it began
 * @param joined the token by which it joined, or 0 for one that joins now
 * @param epoch the life of the directory it knows of; empty if none
 * @param synced whether all its claims were sent in that life
 * @param known the nodes that lived at its last report, for a directory that was lost
 * @param highest the highest token it knows
 */
public record Lease(NodeId node, Duration duration, boolean draining, int sessions, Instant startedAt, long joined,
		String epoch, boolean synced, Set<String> known, long highest) {

}
