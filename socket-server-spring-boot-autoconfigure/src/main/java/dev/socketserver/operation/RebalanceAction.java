package dev.socketserver.operation;

import java.time.Duration;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.spi.ManagedCluster;

/**
 * Closes sessions of a node that has more than its share, one after the other, so that
 * their peers connect to other nodes.
 */
public final class RebalanceAction {

	/** How much more than the mean a node may have. */
	private static final double SHARE = 1.05;

	private final ManagedCluster cluster;

	private final SocketServers servers;

	/**
	 * Creates the action.
	 * @param cluster the cluster
	 * @param servers the servers of this node
	 */
	public RebalanceAction(ManagedCluster cluster, SocketServers servers) {
		this.cluster = cluster;
		this.servers = servers;
	}

	/**
	 * Begins to close sessions.
	 * @param over how long that takes
	 * @return how many
	 * @throws RefusedOperationException if no other node is up, or this one is not
	 */
	public Result begin(Duration over) {
		long own = 0;
		for (SocketServer server : this.servers) {
			own += server.sessions().count();
		}
		long sum = own;
		int up = 1;
		for (ClusterNode node : this.cluster.nodes()) {
			boolean isUp = node.state() == ClusterNode.State.UP;
			if (node.name().equals(this.cluster.node())) {
				if (!isUp) {
					throw new RefusedOperationException("This node drains, which ends all of its sessions");
				}
			}
			else if (isUp) {
				sum += node.sessions();
				up++;
			}
		}
		if (up == 1) {
			throw new RefusedOperationException("No other node of the cluster is up");
		}
		double mean = (double) sum / up;
		int closing = (int) Math.max(0, own - (long) Math.ceil(SHARE * mean));
		this.cluster.rebalance(closing, over);
		return new Result(closing, mean);
	}

	/**
	 * What is done.
	 *
	 * @param closing how many sessions close
	 * @param mean how many sessions a node has on average
	 */
	public record Result(int closing, double mean) {

	}

}
