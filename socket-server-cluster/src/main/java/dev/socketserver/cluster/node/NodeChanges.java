package dev.socketserver.cluster.node;

import dev.socketserver.cluster.directory.Renewal;
import dev.socketserver.engine.log.SafeLogger;

/**
 * What becomes of other nodes: one log line for each change. A directory that was lost
 * does not know those that have not renewed since, and for a lease they are taken to
 * live. Tasks of the clock only.
 */
final class NodeChanges {

	private static final SafeLogger logger = SafeLogger.of(NodeChanges.class);

	private final ThisNode node;

	private long keepUntil;

	NodeChanges(ThisNode node) {
		this.node = node;
		this.keepUntil = node.clock().nanoTime();
	}

	/** The directory has forgotten all nodes. */
	void directoryLost() {
		this.keepUntil = this.node.clock().nanoTime() + this.node.leaseNanos();
	}

	/** Returns the view after another. */
	NodeView next(NodeView before, Renewal renewal) {
		return before.next(renewal, this.node.clock().nanoTime() - this.keepUntil < 0);
	}

	/** Reports how a view differs from the one before. */
	void report(NodeView before, NodeView next) {
		for (Renewal.Member member : before.without(next)) {
			if (!member.id().equals(this.node.id())) {
				logger.info("Node '{}' has left the cluster", member.id().name());
				this.node.listener().left(member.node());
			}
		}
		for (Renewal.Member member : next.without(before)) {
			if (!member.id().equals(this.node.id())) {
				logger.info("Node '{}' has joined the cluster", member.id().name());
				this.node.listener().joined(member.node());
			}
		}
		for (Renewal.Member member : next.drainingOtherwise(before)) {
			logger.info("Node '{}' of the cluster is {}", member.id().name(), member.node().state());
		}
	}

}
