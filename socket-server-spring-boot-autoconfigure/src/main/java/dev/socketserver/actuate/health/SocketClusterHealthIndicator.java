package dev.socketserver.actuate.health;

import java.time.Duration;
import java.time.Instant;

import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.spi.ManagedCluster;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health of this node in its cluster: {@code DOWN} while the directory has been away, or
 * has taken no claims, for longer than a lease, or while a newer node has the name; else
 * {@code UP}. Answers from memory.
 */
public class SocketClusterHealthIndicator extends AbstractHealthIndicator {

	private final ManagedCluster cluster;

	private final Duration lease;

	/**
	 * Creates the indicator.
	 * @param cluster the cluster
	 * @param lease how long the directory may be away; {@code socket.cluster.lease}
	 */
	public SocketClusterHealthIndicator(ManagedCluster cluster, Duration lease) {
		this.cluster = cluster;
		this.lease = lease;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		boolean up = this.cluster.isDirectoryUp();
		Instant since = this.cluster.directorySince();
		boolean away = this.cluster.directoryAway().compareTo(this.lease) > 0;
		builder.status((away || this.cluster.isSuperseded()) ? "DOWN" : "UP")
			.withDetail("node", this.cluster.node())
			.withDetail("nodes",
					this.cluster.knownNodes().stream().filter((node) -> node.state() != ClusterNode.State.DEAD).count())
			.withDetail("directory", up ? "UP" : "DOWN")
			.withDetail("since", since);
		if (this.cluster.isSuperseded()) {
			builder.withDetail("superseded", true);
		}
	}

}
