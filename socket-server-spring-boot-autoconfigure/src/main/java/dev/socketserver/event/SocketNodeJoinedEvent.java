package dev.socketserver.event;

import dev.socketserver.cluster.ClusterNode;

/**
 * Published when another node of the cluster has joined.
 *
 * @param node the node
 */
public record SocketNodeJoinedEvent(ClusterNode node) {

}
