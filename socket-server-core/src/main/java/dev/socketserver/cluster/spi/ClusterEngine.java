package dev.socketserver.cluster.spi;

/**
 * What makes a cluster of nodes.
 */
public interface ClusterEngine {

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

}
