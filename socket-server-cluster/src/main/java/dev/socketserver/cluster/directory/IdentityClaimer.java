package dev.socketserver.cluster.directory;

/**
 * Who claims, and what it knows.
 *
 * @param node the node
 * @param deadline when the claims are void, by the directory's clock in microseconds
 * @param highest the highest token the node knows
 */
public record IdentityClaimer(NodeId node, long deadline, long highest) {

}
