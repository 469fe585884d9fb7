package dev.socketserver.netty.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.cluster.Broadcast;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.ClusterSession;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.engine.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of one node: no directory, no bus and no thread. Nothing is made before
 * somebody asks for it.
 */
public final class SingleNode implements ManagedCluster {

	private final SocketServers servers;

	private final Executor background;

	private final Instant startedAt = Instant.now();

	private @Nullable String name;

	private volatile boolean draining;

	private volatile ReplyConversion replies = new ReplyConversion();

	/**
	 * Creates the node.
	 * @param servers its servers
	 * @param background where code of the application runs
	 */
	public SingleNode(SocketServers servers, Executor background) {
		this.servers = servers;
		this.background = background;
	}

	@Override
	public synchronized String node() {
		if (this.name == null) {
			this.name = NodeName.make();
		}
		return this.name;
	}

	@Override
	public List<ClusterNode> nodes() {
		NodeSessions sessions = new NodeSessions(this.servers);
		return List.of(new ClusterNode(node(), this.draining ? ClusterNode.State.DRAINING : ClusterNode.State.UP,
				sessions.count(), this.startedAt));
	}

	private @Nullable Session newest(String type, String id) {
		Session newest = null;
		long highest = 0;
		for (SocketSession session : this.servers.find(type, id)) {
			long token = session.token(type, id).orElse(0);
			if (session instanceof Session its && (newest == null || token >= highest)) {
				newest = its;
				highest = token;
			}
		}
		return newest;
	}

	@Override
	public CompletableFuture<Optional<ClusterSession>> find(String type, String id) {
		Session session = newest(type, id);
		return CompletableFuture.completedFuture((session == null) ? Optional.empty() : Optional
			.of(new ClusterSession(node(), session.id(), session.server(), session.token(type, id).orElse(0))));
	}

	@Override
	public CompletableFuture<Delivery> send(String type, String id, Object payload) {
		NodeSessions sessions = new NodeSessions(this.servers);
		SentPayload sent = new SentPayload(sessions, payload);
		Session session = newest(type, id);
		return (session == null) ? CompletableFuture.completedFuture(Delivery.NO_SESSION)
				: new SessionOwner(session).send(sent.apply(session.server()));
	}

	@Override
	public <T> CompletableFuture<T> ask(String type, String id, Object payload, Class<T> reply, Duration timeout) {
		NodeSessions sessions = new NodeSessions(this.servers);
		SentPayload sent = new SentPayload(sessions, payload);
		Session session = newest(type, id);
		if (session == null) {
			return CompletableFuture
				.failedFuture(new DeliveryException(Delivery.NO_SESSION, "No session has " + type + ":" + id));
		}
		return HandedOver.to(this.background,
				ReplyConversion.asked(new SessionOwner(session).ask(sent.apply(session.server()), timeout))
					.thenApply((bytes) -> this.replies.read(session.server(), bytes, reply)));
	}

	@Override
	public CompletableFuture<Delivery> close(String type, String id) {
		Session session = newest(type, id);
		return CompletableFuture.completedFuture((session == null) ? Delivery.NO_SESSION
				: new SessionOwner(session).close() ? Delivery.WRITTEN : Delivery.GONE);
	}

	@Override
	public CompletableFuture<Broadcast> broadcast(String server, Object payload) {
		return broadcast(server, null, payload);
	}

	@Override
	public CompletableFuture<Broadcast> broadcast(String server, @Nullable String group, Object payload) {
		NodeSessions sessions = new NodeSessions(this.servers);
		return CompletableFuture.completedFuture(
				new Broadcast(sessions.broadcast(server, group, sessions.bytes(server, payload)), Map.of()));
	}

	@Override
	public boolean join(Duration patience) {
		return true;
	}

	@Override
	public void draining(boolean draining) {
		this.draining = draining;
	}

	@Override
	public void rebalance(int closing, Duration over) {
		throw new IllegalStateException("There is no other node");
	}

	@Override
	public void leave() {
	}

	@Override
	public boolean isClustered() {
		return false;
	}

	@Override
	public boolean isDirectoryUp() {
		return true;
	}

	@Override
	public Instant directorySince() {
		return this.startedAt;
	}

	@Override
	public boolean isSuperseded() {
		return false;
	}

	@Override
	public CompletableFuture<byte[]> operate(String node, String operation, byte[] body, Duration longer) {
		return CompletableFuture
			.failedFuture(new DeliveryException(Delivery.NO_SESSION, "There is no node '" + node + "' in the cluster"));
	}

	@Override
	public void operation(String name, Function<byte[], CompletableFuture<byte[]>> operation) {
	}

	@Override
	public void replies(ReplyReader reader) {
		this.replies = new ReplyConversion(reader);
	}

}
