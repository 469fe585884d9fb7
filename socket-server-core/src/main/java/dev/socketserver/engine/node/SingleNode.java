package dev.socketserver.engine.node;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.socketserver.SocketServers;
import dev.socketserver.cluster.Broadcast;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.ClusterSession;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of one node: no directory, no bus and no thread. Nothing is made before it is
 * first used.
 */
public final class SingleNode implements ManagedCluster {

	private final NodeSessions sessions;

	private final Executor background;

	private final Instant startedAt = Instant.now();

	private @Nullable String name;

	private volatile boolean draining;

	/**
	 * Creates the node.
	 * @param servers its servers
	 * @param background where code of the application runs
	 */
	public SingleNode(SocketServers servers, Executor background) {
		this.sessions = new NodeSessions(servers);
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
		return List.of(new ClusterNode(node(), this.draining ? ClusterNode.State.DRAINING : ClusterNode.State.UP,
				this.sessions.count(), this.startedAt));
	}

	@Override
	public List<ClusterNode> knownNodes() {
		return nodes();
	}

	@Override
	public List<ClusterNode> joinedNodes() {
		return nodes();
	}

	@Override
	public CompletableFuture<Optional<ClusterSession>> find(String type, String id) {
		NodeSession owner = this.sessions.newest(type, id);
		return CompletableFuture.completedFuture((owner == null) ? Optional.empty() : Optional
			.of(new ClusterSession(node(), owner.id(), owner.server(), owner.session().token(type, id).orElse(0))));
	}

	@Override
	public CompletableFuture<Delivery> send(String type, String id, Object payload) {
		Function<String, byte[]> sent = this.sessions.sent(payload);
		NodeSession owner = this.sessions.newest(type, id);
		return (owner == null) ? CompletableFuture.completedFuture(Delivery.NO_SESSION)
				: owner.send(sent.apply(owner.server()));
	}

	@Override
	public <T> CompletableFuture<T> ask(String type, String id, Object payload, Class<T> reply, Duration timeout) {
		Function<String, byte[]> sent = this.sessions.sent(payload);
		NodeSession owner = this.sessions.newest(type, id);
		if (owner == null) {
			return CompletableFuture
				.failedFuture(new DeliveryException(Delivery.NO_SESSION, "No session has " + type + ":" + id));
		}
		String server = owner.server();
		return HandedOver.to(this.background,
				owner.ask(sent.apply(server), timeout).thenApply((bytes) -> this.sessions.reply(server, bytes, reply)));
	}

	@Override
	public CompletableFuture<Delivery> close(String type, String id) {
		NodeSession owner = this.sessions.newest(type, id);
		return CompletableFuture
			.completedFuture((owner == null) ? Delivery.NO_SESSION : owner.close() ? Delivery.WRITTEN : Delivery.GONE);
	}

	@Override
	public CompletableFuture<Broadcast> broadcast(String server, Object payload) {
		return broadcast(server, null, payload);
	}

	@Override
	public CompletableFuture<Broadcast> broadcast(String server, @Nullable String group, Object payload) {
		return CompletableFuture.completedFuture(
				new Broadcast(this.sessions.broadcast(server, group, this.sessions.bytes(server, payload)), Map.of()));
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
	public Duration directoryAway() {
		return Duration.ZERO;
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
	public void converters(Supplier<? extends List<? extends PayloadConverter<?>>> converters) {
		this.sessions.converters(converters);
	}

}
