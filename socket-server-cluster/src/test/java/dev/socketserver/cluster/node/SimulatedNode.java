package dev.socketserver.cluster.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ClusterSettings;
import dev.socketserver.cluster.spi.Identity;
import dev.socketserver.cluster.spi.LocalNode;
import dev.socketserver.cluster.spi.LocalSession;

/**
 * A node with sessions that are no sockets.
 */
final class SimulatedNode implements LocalNode {

	static final String SERVER = "chat";

	final NodeId id;

	final Simulation.NodeClock clock;

	final DirectoryMember member;

	final Map<String, Session> sessions = new LinkedHashMap<>();

	private final Simulation simulation;

	private int count;

	boolean frozen;

	boolean wasFrozen;

	SimulatedNode(Simulation simulation, String name, boolean local) {
		this.simulation = simulation;
		this.id = new NodeId(name, Long.toHexString(simulation.random.nextLong()));
		this.clock = simulation.new NodeClock();
		ClusterSettings settings = new ClusterSettings(name, Duration.ofSeconds(10), Duration.ofSeconds(2), local,
				null);
		this.member = new DirectoryMember(new ThisNode(this.id, settings, this.clock, new ClusterListener() {
		}), simulation.new Connection(this.id, this.clock), simulation.new Bus(this.id, this.clock), this);
	}

	void start() {
		this.clock.run(this.member::start);
	}

	void kill() {
		this.clock.kill();
		this.simulation.history.killed(this.id.toString());
		this.sessions.values().forEach((session) -> session.open = false);
	}

	void freeze() {
		this.frozen = true;
		this.clock.freeze();
	}

	void thaw() {
		this.frozen = false;
		this.clock.thaw();
	}

	Session open() {
		Session session = new Session(SERVER + "-" + (++this.count));
		this.sessions.put(session.id, session);
		return session;
	}

	/** Returns who has an identity among those that are open. */
	List<Session> holders(Identity identity) {
		return this.sessions.values().stream().filter((one) -> one.open && one.bound.contains(identity)).toList();
	}

	@Override
	public int count() {
		return this.sessions.size();
	}

	@Override
	public int broadcast(String server, String group, byte[] payload) {
		this.sessions.values().forEach((one) -> one.received.add(new String(payload)));
		return (int) this.sessions.values().stream().filter((one) -> one.open).count();
	}

	@Override
	public CompletableFuture<byte[]> operate(String operation, byte[] body) {
		return CompletableFuture.completedFuture(body);
	}

	/** A session. */
	final class Session implements LocalSession {

		final String id;

		final Set<Identity> bound = new HashSet<>();

		final List<String> received = new ArrayList<>();

		boolean open = true;

		boolean closing;

		boolean replaced;

		/** What another thread does when the node takes it for an owner. */
		Runnable whenGranted = () -> {
		};

		Session(String id) {
			this.id = id;
		}

		SimulatedNode node() {
			return SimulatedNode.this;
		}

		@Override
		public String toString() {
			return name() + this.bound + (this.open ? " open" : " over");
		}

		private String name() {
			return this.id + "@" + node().id;
		}

		CompletableFuture<Boolean> bind(Identity identity, BindPolicy policy) {
			return SimulatedNode.this.member.bind(this, identity, policy);
		}

		void unbind(Identity identity) {
			if (this.bound.remove(identity)) {
				SimulatedNode.this.member.release(this.id, identity);
			}
		}

		void end() {
			if (this.open) {
				this.open = false;
				SimulatedNode.this.simulation.history.over(name(), SimulatedNode.this.simulation.order());
				Set.copyOf(this.bound).forEach(this::unbind);
			}
		}

		@Override
		public String id() {
			return this.id;
		}

		@Override
		public boolean closing() {
			return this.closing || !this.open;
		}

		@Override
		public boolean settled() {
			return closing();
		}

		@Override
		public boolean granted(Identity identity, BindPolicy policy, long token) {
			this.whenGranted.run();
			if (closing()) {
				return false;
			}
			if (policy == BindPolicy.REPLACE) {
				for (Session other : holders(identity)) {
					if (other != this) {
						other.lose(identity);
					}
				}
			}
			this.bound.add(identity);
			return true;
		}

		private void lose(Identity identity) {
			this.bound.remove(identity);
			this.replaced = true;
			end();
		}

		@Override
		public void replaced(Identity identity, String by) {
			lose(identity);
		}

		@Override
		public void released(Identity identity) {
			this.bound.remove(identity);
		}

		@Override
		public CompletableFuture<Delivery> send(byte[] payload) {
			if (closing()) {
				return CompletableFuture.completedFuture(Delivery.GONE);
			}
			this.received.add(new String(payload));
			SimulatedNode.this.simulation.history.received(name(), new String(payload));
			CompletableFuture<Delivery> written = new CompletableFuture<>();
			SimulatedNode.this.clock.schedule(() -> written.complete(Delivery.WRITTEN),
					SimulatedNode.this.simulation.random.nextInt(1_000_000));
			return written;
		}

		@Override
		public CompletableFuture<byte[]> ask(byte[] payload, Duration timeout) {
			this.received.add(new String(payload));
			return CompletableFuture.completedFuture(payload);
		}

		@Override
		public boolean close() {
			boolean was = this.open;
			end();
			return was;
		}

	}

}
