package dev.socketserver.cluster.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.directory.ClaimResult;
import dev.socketserver.cluster.directory.Digest;
import dev.socketserver.cluster.directory.DirectoryEntry;
import dev.socketserver.cluster.directory.IdentityClaim;
import dev.socketserver.cluster.directory.IdentityClaimer;
import dev.socketserver.cluster.directory.Lease;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.directory.Renewal;
import dev.socketserver.cluster.spi.Identity;

/**
 * What a directory does, in one thread and in memory: the same steps as the scripts of
 * the one on Redis.
 */
public class ModelDirectory {

	/** What a mutant does wrong. */
	public enum Mutation {

		NONE, LEASE_NEVER_EXPIRES, GREATER_OR_EQUAL, RELEASE_WITHOUT_COMPARE, LOST_EVICTION, TOKENS_FROM_ONE

	}

	private final LongSupplier micros;

	private final Mutation mutation;

	private final BiConsumer<Identity, Long> granted;

	private State state = new State();

	public ModelDirectory(LongSupplier micros, Mutation mutation, BiConsumer<Identity, Long> granted) {
		this.micros = micros;
		this.mutation = mutation;
		this.granted = granted;
	}

	/** Loses everything. */
	public void wipe() {
		this.state = new State();
	}

	/** Returns a copy of everything. */
	public Object snapshot() {
		return this.state.copy();
	}

	/** Goes back to what was copied. */
	public void restore(Object snapshot) {
		this.state = ((State) snapshot).copy();
	}

	public Renewal renew(Lease lease, long generation, String freshEpoch) {
		long now = this.micros.getAsLong();
		NodeId self = lease.node();
		Node before = this.state.nodes.get(self.name());
		long joined = lease.joined();
		if (before != null && !before.id.equals(self)) {
			if (alive(before, now) && joined != 0 && before.joined > joined) {
				return new Renewal(true, now, this.state.epoch, joined, this.state.top, Digest.EMPTY, members(now),
						List.copyOf(this.state.graves), untilNextEnd(self, now));
			}
			this.state.graves.add(before.id);
		}
		raiseGeneration(self, generation);
		this.state.top = Math.max(this.state.top, lease.highest());
		if (joined == 0) {
			joined = token(now, 0);
		}
		if (this.state.epoch.isEmpty()) {
			this.state.epoch = freshEpoch;
		}
		if (!lease.epoch().isEmpty() && !lease.epoch().equals(this.state.epoch)) {
			if (this.state.recoverUntil == 0) {
				this.state.recoverUntil = now + lease.duration().toNanos() / 1_000;
			}
			this.state.awaited.addAll(lease.known());
			this.state.awaited.add(self.name());
		}
		this.state.graves.remove(self);
		String synced = lease.synced() ? this.state.epoch : "";
		if (lease.synced() && !lease.epoch().equals(this.state.epoch)) {
			synced = "";
		}
		this.state.nodes.put(self.name(), new Node(self, now, lease.duration().toNanos() / 1_000, joined,
				lease.draining(), lease.sessions(), lease, synced));
		for (Node node : List.copyOf(this.state.nodes.values())) {
			if (node.renewed > now) {
				node.renewed = now;
			}
			if (!alive(node, now)) {
				this.state.graves.add(node.id);
				if (now - node.renewed > 2 * node.lease) {
					this.state.nodes.remove(node.id.name());
				}
			}
		}
		return new Renewal(false, now, this.state.epoch, joined, this.state.top, digest(self), members(now),
				List.copyOf(this.state.graves), untilNextEnd(self, now));
	}

	private long untilNextEnd(NodeId self, long now) {
		return this.state.nodes.values()
			.stream()
			.filter((node) -> !node.id.name().equals(self.name()))
			.mapToLong((node) -> node.renewed + node.lease - now)
			.filter((left) -> left >= 0)
			.min()
			.orElse(Long.MAX_VALUE);
	}

	private List<Renewal.Member> members(long now) {
		List<Renewal.Member> members = new ArrayList<>();
		this.state.nodes.values()
			.forEach((node) -> members.add(new Renewal.Member(node.id,
					new ClusterNode(node.id.name(),
							!alive(node, now) ? ClusterNode.State.DEAD
									: node.draining ? ClusterNode.State.DRAINING : ClusterNode.State.UP,
							node.sessions, node.said.startedAt()))));
		return members;
	}

	private boolean alive(Node node, long now) {
		return this.mutation == Mutation.LEASE_NEVER_EXPIRES || now - node.renewed <= node.lease;
	}

	private boolean alive(NodeId id, long now) {
		Node node = this.state.nodes.get(id.name());
		return node != null && node.id.equals(id) && alive(node, now);
	}

	/** Whether a command was given on a connection that has a successor. */
	private boolean raiseGeneration(NodeId node, long generation) {
		long known = this.state.generations.getOrDefault(node, 0L);
		if (generation < known) {
			return false;
		}
		this.state.generations.put(node, Math.max(known, generation));
		return true;
	}

	private long token(long now, long highest) {
		int more = (this.mutation == Mutation.GREATER_OR_EQUAL) ? 0 : 1;
		long token = (this.mutation == Mutation.TOKENS_FROM_ONE) ? this.state.top + 1
				: Math.max(Math.max(this.state.top + more, now), highest + more);
		this.state.top = token;
		return token;
	}

	private Digest digest(NodeId node) {
		return this.state.digests.getOrDefault(node, Digest.EMPTY);
	}

	public List<ClaimResult> claim(IdentityClaimer claimer, long generation, List<IdentityClaim> claims) {
		long now = this.micros.getAsLong();
		List<ClaimResult> results = new ArrayList<>();
		boolean valid = alive(claimer.node(), now) && now <= claimer.deadline()
				&& raiseGeneration(claimer.node(), generation);
		for (IdentityClaim claim : claims) {
			results.add(valid ? claim(claimer, claim, now) : ClaimResult.of(ClaimResult.Status.VOID));
		}
		return results;
	}

	private ClaimResult claim(IdentityClaimer claimer, IdentityClaim claim, long now) {
		Map<ClaimedBy, Row> rows = this.state.rows(claim.identity());
		ClaimedBy self = new ClaimedBy(claim.identity().server(), claimer.node(), claim.session());
		Row own = rows.get(self);
		List<ClaimedBy> others = new ArrayList<>();
		for (ClaimedBy owner : List.copyOf(rows.keySet())) {
			if (!alive(owner.node, now)) {
				remove(claim.identity(), owner);
			}
			else if (owner.server.equals(self.server) && !owner.equals(self)) {
				others.add(owner);
			}
		}
		List<DirectoryEntry> evicted = new ArrayList<>();
		long token;
		if (claim.token() != 0) {
			if (own != null && own.token >= claim.token()) {
				return kept(claim, self, own, evicted);
			}
			for (ClaimedBy other : others) {
				Row row = rows.get(other);
				if (row.exclusive && row.token > claim.token()) {
					return new ClaimResult(ClaimResult.Status.LOST, row.token, List.of(), List.of());
				}
			}
			token = claim.token();
			this.state.top = Math.max(this.state.top, token);
			if (claim.exclusive()) {
				for (ClaimedBy other : others) {
					if (token > rows.get(other).token) {
						evict(claim.identity(), other, evicted);
					}
				}
			}
		}
		else {
			if (own != null && (claim.policy() != BindPolicy.REPLACE || others.isEmpty())) {
				return kept(claim, self, own, evicted);
			}
			if (claim.policy() == BindPolicy.REJECT) {
				if (!others.isEmpty()) {
					return ClaimResult.of(ClaimResult.Status.TAKEN);
				}
				if (isRecovering(now)) {
					return ClaimResult.of(ClaimResult.Status.WAIT);
				}
			}
			token = token(now, claimer.highest());
			if (claim.policy() == BindPolicy.REPLACE) {
				others.forEach((other) -> evict(claim.identity(), other, evicted));
			}
			this.granted.accept(claim.identity(), token);
		}
		if (own != null) {
			remove(claim.identity(), self);
		}
		this.state.rows(claim.identity()).put(self, new Row(token, claim.exclusive()));
		this.state.digests.merge(claimer.node(), Digest.EMPTY.plus(token), (before, one) -> before.plus(token));
		this.state.owned(claimer.node())
			.put(new Owned(claim.identity(), claim.session()),
					new DirectoryEntry(claim.identity(), claimer.node(), claim.session(), token));
		return result(claim, self, token, evicted);
	}

	private ClaimResult kept(IdentityClaim claim, ClaimedBy self, Row own, List<DirectoryEntry> evicted) {
		boolean exclusive = own.exclusive || claim.policy() == BindPolicy.REPLACE;
		this.state.rows(claim.identity()).put(self, new Row(own.token, exclusive));
		return result(claim, self, own.token, evicted);
	}

	private ClaimResult result(IdentityClaim claim, ClaimedBy self, long token, List<DirectoryEntry> evicted) {
		return new ClaimResult(ClaimResult.Status.GRANTED, token, evicted,
				entries(claim.identity().type(), claim.identity().id(), self));
	}

	private List<DirectoryEntry> entries(String type, String id, ClaimedBy but) {
		List<DirectoryEntry> entries = new ArrayList<>();
		this.state.rows(new Identity("", type, id)).forEach((owner, row) -> {
			if (!owner.equals(but)) {
				entries.add(
						new DirectoryEntry(new Identity(owner.server, type, id), owner.node, owner.session, row.token));
			}
		});
		return entries;
	}

	private boolean isRecovering(long now) {
		if (now >= this.state.recoverUntil) {
			return false;
		}
		return this.state.awaited.stream().anyMatch((name) -> {
			Node node = this.state.nodes.get(name);
			return node == null || !node.synced.equals(this.state.epoch);
		});
	}

	private void evict(Identity identity, ClaimedBy owner, List<DirectoryEntry> evicted) {
		if (this.mutation == Mutation.LOST_EVICTION) {
			this.state.rows(identity).remove(owner);
		}
		else {
			evicted.add(remove(identity, owner));
		}
	}

	private DirectoryEntry remove(Identity identity, ClaimedBy owner) {
		Row row = this.state.rows(identity).remove(owner);
		this.state.digests.computeIfPresent(owner.node, (node, digest) -> digest.minus(row.token));
		return new DirectoryEntry(new Identity(owner.server, identity.type(), identity.id()), owner.node, owner.session,
				row.token);
	}

	public void release(NodeId node, long generation, List<DirectoryEntry> entries) {
		if (!raiseGeneration(node, generation)) {
			return;
		}
		for (DirectoryEntry entry : entries) {
			ClaimedBy owner = new ClaimedBy(entry.identity().server(), node, entry.session());
			Row row = this.state.rows(entry.identity()).get(owner);
			boolean any = this.mutation == Mutation.RELEASE_WITHOUT_COMPARE;
			if (any) {
				List.copyOf(this.state.rows(entry.identity()).keySet())
					.forEach((some) -> remove(entry.identity(), some));
			}
			else if (row != null && row.token == entry.token()) {
				remove(entry.identity(), owner);
			}
			Owned key = new Owned(entry.identity(), entry.session());
			DirectoryEntry owned = this.state.owned(node).get(key);
			if (owned != null && owned.token() == entry.token()) {
				this.state.owned(node).remove(key);
			}
		}
	}

	public List<DirectoryEntry> find(String type, String id) {
		return entries(type, id, new ClaimedBy("", new NodeId("", ""), ""));
	}

	public List<DirectoryEntry> owned(NodeId node) {
		return List.copyOf(this.state.owned(node).values());
	}

	/**
	 * Returns where the next page begins, which is the front again: it has removed that.
	 */
	public String sweep(NodeId node) {
		if (alive(node, this.micros.getAsLong())) {
			return "";
		}
		int some = 10;
		for (DirectoryEntry entry : owned(node)) {
			if (some-- == 0) {
				return "next";
			}
			ClaimedBy owner = new ClaimedBy(entry.identity().server(), node, entry.session());
			if (this.state.rows(entry.identity()).containsKey(owner)) {
				remove(entry.identity(), owner);
			}
			this.state.owned(node).remove(new Owned(entry.identity(), entry.session()));
		}
		this.state.digests.remove(node);
		this.state.generations.remove(node);
		this.state.graves.remove(node);
		return "";
	}

	public void leave(NodeId node) {
		Node known = this.state.nodes.get(node.name());
		if (known != null && known.id.equals(node)) {
			this.state.nodes.remove(node.name());
			this.state.graves.add(node);
		}
	}

	/** Returns those that have an identity, of nodes with a lease. */
	public List<DirectoryEntry> owners(Identity identity) {
		long now = this.micros.getAsLong();
		return find(identity.type(), identity.id()).stream()
			.filter((entry) -> entry.identity().equals(identity) && alive(entry.node(), now))
			.toList();
	}

	private record ClaimedBy(String server, NodeId node, String session) {

	}

	private record Owned(Identity identity, String session) {

	}

	private record Row(long token, boolean exclusive) {

	}

	private record Name(String type, String id) {

	}

	private static final class Node {

		private final NodeId id;

		private long renewed;

		private final long lease;

		private final long joined;

		private final boolean draining;

		private final int sessions;

		private final Lease said;

		private final String synced;

		Node(NodeId id, long renewed, long lease, long joined, boolean draining, int sessions, Lease said,
				String synced) {
			this.id = id;
			this.renewed = renewed;
			this.lease = lease;
			this.joined = joined;
			this.draining = draining;
			this.sessions = sessions;
			this.said = said;
			this.synced = synced;
		}

	}

	private static final class State {

		private final Map<String, Node> nodes = new TreeMap<>();

		private final Map<Name, Map<ClaimedBy, Row>> rows = new HashMap<>();

		private final Map<NodeId, Map<Owned, DirectoryEntry>> owned = new HashMap<>();

		private final Map<NodeId, Digest> digests = new HashMap<>();

		private final Map<NodeId, Long> generations = new HashMap<>();

		private final Set<NodeId> graves = new HashSet<>();

		private final Set<String> awaited = new HashSet<>();

		private String epoch = "";

		private long top;

		private long recoverUntil;

		Map<ClaimedBy, Row> rows(Identity identity) {
			return this.rows.computeIfAbsent(new Name(identity.type(), identity.id()), (name) -> new LinkedHashMap<>());
		}

		Map<Owned, DirectoryEntry> owned(NodeId node) {
			return this.owned.computeIfAbsent(node, (unknown) -> new LinkedHashMap<>());
		}

		State copy() {
			State copy = new State();
			this.nodes.forEach((name, node) -> copy.nodes.put(name, new Node(node.id, node.renewed, node.lease,
					node.joined, node.draining, node.sessions, node.said, node.synced)));
			this.rows.forEach((name, some) -> copy.rows.put(name, new LinkedHashMap<>(some)));
			this.owned.forEach((node, some) -> copy.owned.put(node, new LinkedHashMap<>(some)));
			copy.digests.putAll(this.digests);
			copy.generations.putAll(this.generations);
			copy.graves.addAll(this.graves);
			copy.awaited.addAll(this.awaited);
			copy.epoch = this.epoch;
			copy.top = this.top;
			copy.recoverUntil = this.recoverUntil;
			return copy;
		}

	}

}
