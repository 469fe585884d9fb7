package dev.socketserver.cluster.node;

import java.util.UUID;

import dev.socketserver.cluster.directory.ClusterBus;
import dev.socketserver.cluster.directory.ClusterDirectory;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.spi.ClusterEngine;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ClusterMember;
import dev.socketserver.cluster.spi.ClusterSettings;
import dev.socketserver.cluster.spi.ClusterThreads;
import dev.socketserver.cluster.spi.LocalNode;

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
		NodeId id = new NodeId(settings.node(), UUID.randomUUID().toString());
		return new DirectoryMember(new ThisNode(id, settings, new ClusterThread(threads), listener), directory(), bus(),
				node);
	}

}
