package dev.socketserver.engine.cluster;

import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.NodeId;
import dev.socketserver.cluster.spi.Renewal;
import dev.socketserver.engine.log.SafeLogger;

/**
 * Reports what has become of other nodes: one log line for each change. Tasks of the
 * clock only.
 */
final class NodeChanges {

	private static final SafeLogger logger = SafeLogger.of(NodeChanges.class);

	private final NodeId self;

	private final ClusterListener listener;

	NodeChanges(NodeId self, ClusterListener listener) {
		this.self = self;
		this.listener = listener;
	}

	/** Reports how a view differs from the one before. */
	void report(NodeView before, NodeView next) {
		for (Renewal.Member member : before.without(next)) {
			if (!member.id().equals(this.self)) {
				logger.info("Node '{}' has left the cluster", member.id().name());
				this.listener.left(member.node());
			}
		}
		for (Renewal.Member member : next.without(before)) {
			if (!member.id().equals(this.self)) {
				logger.info("Node '{}' has joined the cluster", member.id().name());
				this.listener.joined(member.node());
			}
		}
		for (Renewal.Member member : next.drainingOtherwise(before)) {
			logger.info("Node '{}' of the cluster is {}", member.id().name(), member.node().state());
		}
	}

}
