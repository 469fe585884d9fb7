package dev.socketserver.cluster.node;

import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.message.ClusterClock;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ClusterSettings;

/**
 * This life of a node.
 *
 * @param id what others know it by
 * @param settings how it takes part
 * @param clock its time, and the order of its tasks
 * @param listener is notified of what happens
 */
public record ThisNode(NodeId id, ClusterSettings settings, ClusterClock clock, ClusterListener listener) {

	/** How long it waits for the directory, and for other nodes. */
	long timeoutNanos() {
		return this.settings.requestTimeout().toNanos();
	}

	long leaseNanos() {
		return this.settings.lease().toNanos();
	}

}
