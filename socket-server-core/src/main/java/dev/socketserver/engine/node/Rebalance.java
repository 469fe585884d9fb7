package dev.socketserver.engine.node;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.engine.drain.TurnTimer;
import dev.socketserver.engine.drain.Turns;
import dev.socketserver.engine.session.Session;
import dev.socketserver.spec.DrainPlan.Order;
import org.jspecify.annotations.Nullable;

/**
 * Closes sessions of a node that has more than its share, one after the other, so that
 * their peers connect to other nodes. Safe for use by several threads.
 */
final class Rebalance {

	private static final CloseStatus CLOSED = CloseStatus.of(CloseReason.OPERATOR_CLOSED, "rebalance");

	private final NodeSessions sessions;

	private final SocketCluster cluster;

	private final TurnTimer timer;

	/** What is under way, or was last. */
	private @Nullable Turns<Session> turns;

	/** How many have begun. */
	private int begun;

	Rebalance(NodeSessions sessions, SocketCluster cluster, TurnTimer timer) {
		this.sessions = sessions;
		this.cluster = cluster;
		this.timer = timer;
	}

	synchronized void begin(int closing, Duration over) {
		if (this.turns != null) {
			this.turns.cancel();
			this.turns = null;
		}
		if (closing <= 0) {
			return;
		}
		List<Session> open = this.sessions.open();
		int kept = open.size() - closing;
		AtomicInteger left = new AtomicInteger(closing);
		int number = ++this.begun;
		this.turns = new Turns<>(open, closing, over, Order.IDLE_FIRST, this.timer, (session) -> {
			if (left.getAndDecrement() > 0 && this.sessions.count() > kept && isPossible()) {
				session.stop(CLOSED);
			}
			else {
				end(number);
			}
		});
		this.turns.begin();
	}

	/** Ends one, unless another has replaced it. */
	private synchronized void end(int number) {
		if (this.begun == number && this.turns != null) {
			this.turns.cancel();
		}
	}

	/** A node that drains ends its sessions anyway, at a pace of its own. */
	private boolean isPossible() {
		Set<String> up = this.cluster.nodes()
			.stream()
			.filter((node) -> node.state() == ClusterNode.State.UP)
			.map(ClusterNode::name)
			.collect(Collectors.toSet());
		return up.contains(this.cluster.node()) && up.size() > 1;
	}

}
