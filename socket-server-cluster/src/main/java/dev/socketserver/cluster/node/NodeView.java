package dev.socketserver.cluster.node;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.directory.Renewal;
import org.jspecify.annotations.Nullable;

/**
 * The nodes as the directory has described them last. Immutable.
 */
final class NodeView {

	/** Nothing is known yet. */
	static final NodeView EMPTY = new NodeView(Map.of(), Set.of());

	private static final int MOST_DEAD = 1_000;

	/** All nodes by their names, in that order. */
	private final Map<String, Renewal.Member> members;

	/** Lives that are known to be over. */
	private final Set<NodeId> dead;

	private NodeView(Map<String, Renewal.Member> members, Set<NodeId> dead) {
		this.members = members;
		this.dead = dead;
	}

	/**
	 * Returns the view after this one.
	 * @param keep whether nodes that are not named are taken to live as before
	 */
	NodeView next(Renewal renewal, boolean keep) {
		Map<String, Renewal.Member> next = new TreeMap<>();
		Set<NodeId> over = new LinkedHashSet<>(this.dead);
		over.addAll(renewal.graves());
		for (Renewal.Member member : renewal.nodes()) {
			next.put(member.id().name(), member);
			if (!isLiving(member)) {
				over.add(member.id());
			}
		}
		for (Renewal.Member before : this.members.values()) {
			Renewal.Member now = next.get(before.id().name());
			if (now == null && keep && !over.contains(before.id())) {
				next.put(before.id().name(), before);
			}
			else if (now == null || !now.id().equals(before.id())) {
				over.add(before.id());
			}
		}
		next.values().stream().filter(NodeView::isLiving).map(Renewal.Member::id).forEach(over::remove);
		while (over.size() > MOST_DEAD) {
			over.remove(over.iterator().next());
		}
		return new NodeView(Collections.unmodifiableMap(next), Collections.unmodifiableSet(over));
	}

	/** Whether a life of a node is over, as far as this node knows. */
	boolean isDead(NodeId node) {
		return this.dead.contains(node);
	}

	/** Returns the nodes that are not dead. */
	List<NodeId> alive() {
		return this.members.values().stream().filter(NodeView::isLiving).map(Renewal.Member::id).toList();
	}

	/** Returns the living node of a name. */
	@Nullable NodeId alive(String name) {
		Renewal.Member member = this.members.get(name);
		return (member != null && isLiving(member)) ? member.id() : null;
	}

	/** Whether there is a node of a name, if only a dead one. */
	boolean isKnown(String name) {
		return this.members.containsKey(name);
	}

	List<ClusterNode> nodes() {
		return this.members.values().stream().map(Renewal.Member::node).toList();
	}

	/** Returns those that live in both views, and drain in one of them only. */
	List<Renewal.Member> drainingOtherwise(NodeView other) {
		return this.members.values().stream().filter((member) -> {
			Renewal.Member seen = other.members.get(member.id().name());
			return seen != null && seen.id().equals(member.id()) && isLiving(seen) && isLiving(member)
					&& seen.node().state() != member.node().state();
		}).toList();
	}

	private static boolean isLiving(Renewal.Member member) {
		return member.node().state() != ClusterNode.State.DEAD;
	}

	/** Returns those of this view that do not live in the other. */
	List<Renewal.Member> without(NodeView other) {
		return this.members.values()
			.stream()
			.filter((member) -> isLiving(member) && !member.id().equals(other.alive(member.id().name())))
			.toList();
	}

}
