package dev.socketserver.operation;

import java.time.Duration;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.spi.ManagedCluster;

/**
 * Closes sessions of a node that has more than its share, one after the other, so that
 * their peers connect to other nodes. The share is 1.05 times the mean of the nodes that
 * are up, rounded up. The sessions of other nodes are counted as last reported to this
 * one.
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
	 * Begins to close sessions, and does not wait for them. A rebalance that is under way
	 * ends.
	 * @param over the time over which they close, evenly
	 * @return how many
	 * @throws RefusedOperationException if no other node is up, or this one drains
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
	 * @param closing how many sessions close; 0 if there are no more than the share
	 * @param mean how many sessions a node that is up has on average
	 */
	public record Result(int closing, double mean) {

	}

}
