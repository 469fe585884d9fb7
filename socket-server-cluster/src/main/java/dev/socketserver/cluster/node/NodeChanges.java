package dev.socketserver.cluster.node;

import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.directory.Renewal;
import dev.socketserver.cluster.message.ClusterClock;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.engine.log.SafeLogger;

/**
 * What becomes of other nodes: one log line for each change. A directory that was lost
 * does not know those that have not renewed since, and for a lease they are taken to
 * live. Tasks of the clock only.
 */
final class NodeChanges {

	private static final SafeLogger logger = SafeLogger.of(NodeChanges.class);

	private final NodeId self;

	private final ClusterClock clock;

	private final long lease;

	private final ClusterListener listener;

	private long keepUntil;

	NodeChanges(NodeId self, ClusterClock clock, long lease, ClusterListener listener) {
		this.self = self;
		this.clock = clock;
		this.lease = lease;
		this.listener = listener;
		this.keepUntil = clock.nanoTime();
	}

	/** The directory has forgotten all nodes. */
	void directoryLost() {
		this.keepUntil = this.clock.nanoTime() + this.lease;
	}

	/** Returns the view after another, and reports how they differ. */
	NodeView next(NodeView before, Renewal renewal) {
		NodeView next = before.next(renewal, this.clock.nanoTime() - this.keepUntil < 0);
		report(before, next);
		return next;
	}

	private void report(NodeView before, NodeView next) {
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
