package dev.socketserver.engine.node;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.socketserver.cluster.Broadcast;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.ClusterSession;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.spi.ClusterEngine;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ClusterMember;
import dev.socketserver.cluster.spi.ClusterSettings;
import dev.socketserver.cluster.spi.ClusterThreads;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.engine.drain.TurnTimer;
import dev.socketserver.engine.session.IdentityClaims;
import dev.socketserver.engine.session.Session;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * This node in a cluster with others.
 */
public final class ClusteredNode implements ManagedCluster {

	/**
	 * As long as a start waits: what servers send among themselves is not kept longer.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private final ClusterMember member;

	private final NodeSessions sessions;

	private final ClusterThreads threads;

	private final Duration requestTimeout;

	private final Rebalance rebalance;

	private final Joining joining;

	/**
	 * Creates the node, which does nothing before it joins: when it is asked to, or when
	 * it is first used.
	 * @param sessions its sessions
	 * @param settings how it takes part
	 * @param engine makes it a member
	 * @param listener is notified of what happens
	 * @param threads where it runs
	 */
	public ClusteredNode(NodeSessions sessions, ClusterSettings settings, ClusterEngine engine,
			ClusterListener listener, ClusterThreads threads) {
		this.sessions = sessions;
		this.threads = threads;
		this.rebalance = new Rebalance(sessions, this, TurnTimer.of(threads.tasks()));
		this.requestTimeout = settings.requestTimeout();
		this.member = engine.member(sessions, settings, threads, listener);
		this.joining = new Joining(this.member,
				(this.requestTimeout.compareTo(PATIENCE) < 0) ? this.requestTimeout : PATIENCE, threads.callbacks());
	}

	/**
	 * Returns what decides about the identities of sessions.
	 * @return the claims
	 */
	public IdentityClaims<Session> claims() {
		return new SessionClaims(this.member);
	}

	@Override
	public String node() {
		return this.member.node();
	}

	@Override
	public List<ClusterNode> nodes() {
		CompletableFuture<?> unused = this.joining.begin();
		return knownNodes();
	}

	@Override
	public List<ClusterNode> joinedNodes() {
		return this.joining.then(() -> CompletableFuture.completedFuture(knownNodes())).join();
	}

	@Override
	public List<ClusterNode> knownNodes() {
		return this.member.nodes();
	}

	@Override
	public CompletableFuture<Optional<ClusterSession>> find(String type, String id) {
		return joined(() -> this.member.find(type, id));
	}

	@Override
	public CompletableFuture<Delivery> send(String type, String id, Object payload) {
		Function<String, byte[]> sent = this.sessions.sent(payload);
		return joined(() -> this.member.send(type, id, sent));
	}

	@Override
	public <T> CompletableFuture<T> ask(String type, String id, Object payload, Class<T> reply, Duration timeout) {
		Function<String, byte[]> sent = this.sessions.sent(payload);
		return joined(() -> this.member.ask(type, id, sent, timeout,
				(server, bytes) -> this.sessions.reply(server, bytes, reply)));
	}

	@Override
	public CompletableFuture<Delivery> close(String type, String id) {
		return joined(() -> this.member.close(type, id));
	}

	@Override
	public CompletableFuture<Broadcast> broadcast(String server, Object payload) {
		return broadcast(server, null, payload);
	}

	@Override
	public CompletableFuture<Broadcast> broadcast(String server, @Nullable String group, Object payload) {
		byte[] bytes = this.sessions.bytes(server, payload);
		return joined(() -> this.member.broadcast(server, group, bytes));
	}

	private <T> CompletableFuture<T> joined(Supplier<CompletableFuture<T>> call) {
		return HandedOver.to(this.threads.callbacks(), this.joining.then(call));
	}

	@Override
	public boolean join(Duration patience) {
		CompletableFuture<Void> begun = this.joining.begin();
		if (patience.isZero()) {
			return begun.isDone();
		}
		CompletableFuture<Boolean> joined = begun.thenApply((done) -> true)
			.completeOnTimeout(false, patience.toNanos(), TimeUnit.NANOSECONDS);
		try {
			// Without a limit of its own: Spring interrupts a start only where it waits
			// for an event, and not for time.
			return joined.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

	@Override
	public void draining(boolean draining) {
		// Else it has no session that could end.
		if (this.joining.hasBegun()) {
			this.member.draining(draining);
		}
	}

	@Override
	public void rebalance(int closing, Duration over) {
		this.rebalance.begin(closing, over);
	}

	@Override
	public void leave() {
		if (!this.joining.end()) {
			this.threads.tasks().shutdownNow();
			return;
		}
		CompletableFuture<Void> left = this.member.leave();
		try {
			left.get(this.requestTimeout.toNanos() * 2, TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException | ExecutionException ex) {
			// Its lease will run out.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.threads.tasks().shutdownNow();
			// Else it would never end: its own thread runs nothing any more.
			left.cancel(false);
		}
	}

	@Override
	public boolean isClustered() {
		return true;
	}

	@Override
	public boolean isDirectoryUp() {
		return !this.joining.hasBegun() || this.member.isDirectoryUp();
	}

	@Override
	public Instant directorySince() {
		return this.member.since();
	}

	@Override
	public Duration directoryAway() {
		return this.joining.hasBegun() ? this.member.directoryAway() : Duration.ZERO;
	}

	@Override
	public boolean isSuperseded() {
		return this.member.isSuperseded();
	}

	@Override
	public CompletableFuture<byte[]> operate(String node, String operation, byte[] body, Duration longer) {
		return joined(() -> this.member.operate(node, operation, body, longer));
	}

	@Override
	public void operation(String name, Function<byte[], CompletableFuture<byte[]>> operation) {
		this.sessions.operation(name, operation);
	}

	@Override
	public void converters(Supplier<? extends List<? extends PayloadConverter<?>>> converters) {
		this.sessions.converters(converters);
	}

}
