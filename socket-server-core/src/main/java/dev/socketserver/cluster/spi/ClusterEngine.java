package dev.socketserver.cluster.spi;

/**
 * What makes a node one of a cluster.
 */
@FunctionalInterface
public interface ClusterEngine {

	/**
	 * Makes a node a member, which does nothing before it is started.
	 * @param node the node
	 * @param settings how it takes part
	 * @param threads where the member runs
	 * @param listener is notified of what happens
	 * @return the member
	 */
	ClusterMember member(LocalNode node, ClusterSettings settings, ClusterThreads threads, ClusterListener listener);

}
