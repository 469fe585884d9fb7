package dev.socketserver.engine.cluster;

import java.util.UUID;

import dev.socketserver.cluster.spi.ClusterBus;
import dev.socketserver.cluster.spi.ClusterDirectory;
import dev.socketserver.cluster.spi.ClusterEngine;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ClusterMember;
import dev.socketserver.cluster.spi.ClusterSettings;
import dev.socketserver.cluster.spi.ClusterThreads;
import dev.socketserver.cluster.spi.LocalNode;
import dev.socketserver.cluster.spi.NodeId;

/**
 * Makes nodes members of a cluster by what they share: a directory and a bus.
 */
public interface DirectoryEngine extends ClusterEngine {

	/**
	 * Returns who owns what.
	 * @return the directory
	 */
	ClusterDirectory directory();

	/**
	 * Returns what carries messages.
	 * @return the bus
	 */
	ClusterBus bus();

	@Override
	default ClusterMember member(LocalNode node, ClusterSettings settings, ClusterThreads threads,
			ClusterListener listener) {
		NodeId self = new NodeId(settings.node(), UUID.randomUUID().toString());
		return new DirectoryMember(self, settings, new ClusterThread(threads), directory(), bus(), node, listener);
	}

}
