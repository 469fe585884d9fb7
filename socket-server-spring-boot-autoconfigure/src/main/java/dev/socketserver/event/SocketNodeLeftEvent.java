package dev.socketserver.event;

import dev.socketserver.cluster.ClusterNode;

/**
 * Published when another node of the cluster has stopped, or is dead.
 *
 * @param node the node, as it was known last
 */
public record SocketNodeLeftEvent(ClusterNode node) {

}
