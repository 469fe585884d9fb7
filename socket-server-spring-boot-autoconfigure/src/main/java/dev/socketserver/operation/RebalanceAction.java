package dev.socketserver.operation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.SocketCluster;

/**
 * Closes sessions of a node that has more than its share, one after the other, so that
 * their peers connect to other nodes.
 */
public final class RebalanceAction {

	/** How much more than the mean a node may have. */
	private static final double SHARE = 1.05;

	private final SocketCluster cluster;

	private final SocketServers servers;

	/**
	 * Creates the action.
	 * @param cluster the cluster
	 * @param servers the servers of this node
	 */
	public RebalanceAction(SocketCluster cluster, SocketServers servers) {
		this.cluster = cluster;
		this.servers = servers;
	}

	/**
	 * Begins to close sessions.
	 * @param over how long that takes
	 * @return how many
	 * @throws RefusedOperationException if no other node is up
	 */
	public Result begin(Duration over) {
		Deque<SocketSession> own = new ArrayDeque<>();
		this.servers.forEach((server) -> server.sessions().forEach(own::add));
		long sum = own.size();
		int up = 1;
		for (ClusterNode node : this.cluster.nodes()) {
			if (node.state() == ClusterNode.State.UP && !node.name().equals(this.cluster.node())) {
				sum += node.sessions();
				up++;
			}
		}
		if (up == 1) {
			throw new RefusedOperationException("No other node of the cluster is up");
		}
		double mean = (double) sum / up;
		int closing = Math.max(0, own.size() - (int) Math.ceil(SHARE * mean));
		while (own.size() > closing) {
			own.removeLast();
		}
		close(own, over);
		return new Result(closing, mean);
	}

	private static void close(Deque<SocketSession> sessions, Duration over) {
		if (sessions.isEmpty()) {
			return;
		}
		ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "socket-server-rebalance");
			thread.setDaemon(true);
			return thread;
		});
		long pause = Math.max(1, over.toNanos() / sessions.size());
		// No catching up after a pause.
		var unused = timer.scheduleWithFixedDelay(() -> {
			SocketSession next = sessions.poll();
			if (next == null) {
				timer.shutdown();
			}
			else {
				next.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED, "rebalance"));
			}
		}, 0, pause, TimeUnit.NANOSECONDS);
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
