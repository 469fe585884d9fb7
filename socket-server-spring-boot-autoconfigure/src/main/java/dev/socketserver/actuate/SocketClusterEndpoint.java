package dev.socketserver.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.Durations;
import dev.socketserver.operation.RebalanceAction;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} that shows the nodes of the cluster and the state of its
 * directory, and that closes sessions of a node that has more than its share.
 */
@Endpoint(id = "socketcluster")
public class SocketClusterEndpoint {

	private static final Duration DEFAULT_OVER = Duration.ofMinutes(1);

	private final ManagedCluster cluster;

	private final RebalanceAction rebalance;

	/**
	 * Creates the endpoint.
	 * @param cluster the cluster
	 * @param rebalance what closes sessions
	 */
	public SocketClusterEndpoint(ManagedCluster cluster, RebalanceAction rebalance) {
		this.cluster = cluster;
		this.rebalance = rebalance;
	}

	/**
	 * Describes the cluster.
	 * @return the nodes, and the state of the directory
	 */
	@ReadOperation
	public ClusterDescriptor socketCluster() {
		return new ClusterDescriptor(this.cluster.node(),
				this.cluster.joinedNodes()
					.stream()
					.map((node) -> new NodeDescriptor(node.name(), node.state(), node.sessions(), node.startedAt()))
					.toList(),
				new DirectoryDescriptor(
						this.cluster.isDirectoryUp() ? DirectoryDescriptor.State.UP : DirectoryDescriptor.State.DOWN,
						this.cluster.directorySince()));
	}

	/**
	 * Makes this node give up sessions, and does not wait for them to end.
	 * @param action {@code rebalance}, which closes those that this node has above its
	 * share: 1.05 times the mean of the nodes that are up
	 * @param over the time over which they close, as a duration such as {@code 60s},
	 * which is the default; milliseconds without a unit
	 * @return how many sessions close
	 * @throws InvalidEndpointRequestException if there is no such action, or the time is
	 * none
	 * @throws IllegalStateException if no other node is up, or this one drains
	 */
	@WriteOperation
	public RebalanceDescriptor changeSocketCluster(String action, @Nullable String over) {
		return EndpointErrors.answer(() -> change(action, over));
	}

	RebalanceDescriptor change(String action, @Nullable String over) {
		if (!action.equals("rebalance")) {
			throw new BadParameterException("Unknown action '" + action + "': use rebalance", "Unknown action");
		}
		RebalanceAction.Result result = this.rebalance
			.begin((over != null) ? Durations.of("over", over) : DEFAULT_OVER);
		return new RebalanceDescriptor(result.closing(), result.mean());
	}

	/**
	 * The cluster.
	 *
	 * @param node the name of this node
	 * @param nodes all nodes, by their names, also those that have died less than a lease
	 * ago
	 * @param directory the directory
	 */
	@JsonPropertyOrder({ "node", "nodes", "directory" })
	public record ClusterDescriptor(String node, List<NodeDescriptor> nodes,
			DirectoryDescriptor directory) implements OperationResponseBody {

	}

	/**
	 * A node.
	 *
	 * @param name its name
	 * @param state what it is doing
	 * @param sessions how many sessions it had at its last report
	 * @param startedAt when it began
	 */
	@JsonPropertyOrder({ "name", "state", "sessions", "startedAt" })
	public record NodeDescriptor(String name, ClusterNode.State state, int sessions, Instant startedAt) {

	}

	/**
	 * The directory.
	 *
	 * @param state whether it can be reached
	 * @param since since when
	 */
	@JsonPropertyOrder({ "state", "since" })
	public record DirectoryDescriptor(State state, Instant since) {

		/** Whether the directory can be reached. */
		public enum State {

			/** It can. */
			UP,

			/** It cannot. */
			DOWN

		}

	}

	/**
	 * What a rebalance does.
	 *
	 * @param closing how many sessions it closes
	 * @param mean how many sessions a node that is up has on average
	 */
	@JsonPropertyOrder({ "closing", "mean" })
	public record RebalanceDescriptor(int closing, double mean) implements OperationResponseBody {

	}

}
