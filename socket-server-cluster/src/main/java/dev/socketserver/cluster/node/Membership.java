package dev.socketserver.cluster.node;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.directory.Digest;
import dev.socketserver.cluster.directory.Lease;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.directory.Renewal;
import dev.socketserver.cluster.message.Fields;
import dev.socketserver.cluster.message.Message;
import dev.socketserver.cluster.message.NodeRequests;
import dev.socketserver.cluster.spi.LocalNode;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

/**
 * The lease of this node, and what it knows of the others. Tasks of the clock only, but
 * for what is read.
 *
 * <pre>
 *                 renewed                    failed
 *   JOINING ───────────────────▶ UP ◀───────────────────▶ AWAY
 *      │                         │ ▲        renewed         │
 *      │ a newer node            │ │ the newer node         │ a newer node
 *      │ has the name            ▼ │ is gone                │ has the name
 *      └─────────────────▶ SUPERSEDED ◀─────────────────────┘
 *
 *   any ── failed ──▶ AWAY
 *   any ── leave ──▶ LEFT
 * </pre>
 */
final class Membership implements DirectoryAccess {

	private static final SafeLogger logger = SafeLogger.of(Membership.class);

	private static final long RETRY_NANOS = 500_000_000;

	private static final long SECOND_CHECK_NANOS = 100_000_000;

	/** The directory counts whole microseconds, and the way to it takes some time. */
	private static final long BEHIND_END_NANOS = 1_000_000;

	private static final int MOST_DIFFERENCES = 10;

	/** What this node is to the directory. */
	enum State {

		/** Has not reached the directory yet. */
		JOINING,

		/** Has a lease. */
		UP,

		/** Cannot reach the directory. */
		AWAY,

		/** A newer node has the name. */
		SUPERSEDED,

		/** Has stopped. */
		LEFT

	}

	private final ThisNode node;

	private final Directory directory;

	private final Subscription subscription;

	private final NodeRequests requests;

	private final LocalNode sessions;

	private final NodeChanges changes;

	private final ClaimCommands commands;

	/** As the directory keeps it. */
	private final Instant startedAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);

	private final CompletableFuture<Void> ready = new CompletableFuture<>();

	private final Set<NodeId> sweeping = new HashSet<>();

	private @Nullable Claims claims;

	private volatile State state = State.JOINING;

	private volatile NodeView view = NodeView.EMPTY;

	/**
	 * Only what was granted after this token is certainly this node's, since a lease has
	 * run out and the claims were not sent again yet; negative if all is. Set before the
	 * lease goes on.
	 */
	private volatile long fencedUntil = -1;

	/** Out of reach until it has had a lease. */
	private volatile long leaseUntil;

	/** From then on another node may be dead: its lease was not known to last longer. */
	private long nextEnd;

	/** When the directory was away first, one time after the other. */
	private long awaySince;

	private volatile boolean draining;

	private String epoch = "";

	private long joined;

	private boolean synced;

	/** Counts the renewals, of which only the last is under way. */
	private long renewals;

	// No states of one thing: each may be wanted while another is under way.

	private boolean renewing;

	private boolean renewAgain;

	/** Of the renewal that is under way, or of the last: whether it is over. */
	private CompletableFuture<Void> over = new CompletableFuture<>();

	/** The same of the next one. */
	private CompletableFuture<Void> nextOver = new CompletableFuture<>();

	/** Others are to be notified when the directory knows. */
	private boolean changed;

	private boolean retrying;

	/** The claims must be sent again. */
	private boolean unsettled;

	private boolean reconciling;

	/** In what the digests differed at the last renewal. */
	private Digest difference = Digest.EMPTY;

	/** How often they have differed, one time after the other. */
	private int differences;

	Membership(ThisNode node, Directory directory, Subscription subscription, NodeRequests requests,
			ClaimCommands commands, LocalNode sessions) {
		this.node = node;
		this.directory = directory;
		this.subscription = subscription;
		this.requests = requests;
		this.commands = commands;
		this.sessions = sessions;
		this.changes = new NodeChanges(node);
		this.awaySince = node.clock().nanoTime();
		this.leaseUntil = this.awaySince + Long.MAX_VALUE;
		this.nextEnd = this.leaseUntil;
		subscription.whenActive(this::settle);
	}

	/** Joins. Any thread. */
	void start(Claims claims) {
		this.claims = claims;
		this.directory.status().wanted();
		this.node.clock().execute(() -> {
			this.subscription.listen();
			doubt();
			beat();
		});
	}

	/**
	 * Returns a future that completes when the node has joined, and receives what it is
	 * sent.
	 */
	CompletableFuture<Void> ready() {
		return this.ready;
	}

	private void beat() {
		if (this.state != State.LEFT) {
			this.node.clock().schedule(this::beat, this.node.leaseNanos() / 3);
			if (this.state != State.AWAY) {
				this.subscription.check();
			}
			renew();
		}
	}

	private void renew() {
		if (this.state == State.LEFT) {
			return;
		}
		if (this.renewing) {
			this.renewAgain = true;
			return;
		}
		this.renewing = true;
		this.over = this.nextOver;
		this.nextOver = new CompletableFuture<>();
		long number = ++this.renewals;
		long sent = this.node.clock().nanoTime();
		Set<String> known = new HashSet<>();
		this.view.alive().forEach((node) -> known.add(node.name()));
		Lease lease = new Lease(this.node.id(), this.node.settings().lease(), this.draining, this.sessions.count(),
				this.startedAt, this.joined, this.epoch, this.synced, known, this.commands.highest());
		this.node.clock()
			.whenDone(this.directory.commands().renew(lease),
					(renewal, failure) -> answered(number, sent, renewal, failure));
		this.node.clock()
			.scheduleEnd(() -> answered(number, sent, null, new TimeoutException("no answer in time")),
					this.node.timeoutNanos());
	}

	private void answered(long number, long sent, @Nullable Renewal renewal, @Nullable Throwable failure) {
		if (number != this.renewals || !this.renewing || this.state == State.LEFT) {
			return;
		}
		this.renewing = false;
		// What follows from the answer may begin another.
		CompletableFuture<Void> answered = this.over;
		if (renewal == null) {
			away(failure);
		}
		else if (renewal.superseded()) {
			superseded(renewal);
		}
		else {
			renewed(renewal, sent);
		}
		answered.complete(null);
		if (this.renewAgain) {
			this.renewAgain = false;
			renew();
		}
	}

	private void away(@Nullable Throwable failure) {
		boolean first = this.state != State.AWAY;
		if (this.state == State.JOINING && failure instanceof TimeoutException) {
			// The first connection of an application that has just started takes seconds.
			logger.info("The directory of the cluster has not answered node '{}' yet: {}", this.node.id().name(),
					failure.getMessage());
		}
		else if (first && !this.directory.status().isRefusing()) {
			this.directory.status()
				.log(() -> logger.warn(
						"The directory of the cluster cannot be reached: {}. Sessions of this node '{}' go on", failure,
						this.node.id().name()));
		}
		if (first) {
			boolean joining = this.state == State.JOINING;
			enter(State.AWAY);
			if (!joining) {
				doubt();
			}
		}
		this.directory.commands().reconnect();
		retry(first ? 0 : RETRY_NANOS);
	}

	/**
	 * The directory has not answered, or not yet. That may be a connection that has
	 * broken, or this node itself, which has stood still: what is claimed waits for as
	 * long as a request may take.
	 */
	private void doubt() {
		long since = this.node.clock().nanoTime();
		this.awaySince = since;
		this.node.clock().schedule(() -> {
			if (since == this.awaySince && !mayBeUsable()) {
				claims().unavailable();
			}
		}, this.node.timeoutNanos());
	}

	private void retry(long delay) {
		if (!this.retrying) {
			this.retrying = true;
			this.node.clock().schedule(() -> {
				this.retrying = false;
				if (this.state == State.AWAY || this.state == State.JOINING) {
					renew();
				}
			}, delay);
		}
	}

	private void superseded(Renewal renewal) {
		if (this.state != State.SUPERSEDED) {
			logger.error("A newer node of the cluster has the name '{}' of this one, which claims nothing any more: "
					+ "give each node a 'socket.cluster.node' of its own", this.node.id().name());
			enter(State.SUPERSEDED);
			this.unsettled = true;
			claims().unavailable();
		}
		show(renewal);
	}

	private void enter(State next) {
		this.state = next;
		this.directory.status().reached(next == State.UP || next == State.SUPERSEDED);
	}

	private void renewed(Renewal renewal, long sent) {
		State before = this.state;
		boolean lapsed = sent - this.leaseUntil >= 0;
		this.directory.time().set(renewal.now(), this.node.clock().nanoTime());
		this.joined = renewal.joined();
		this.commands.raiseToken(renewal.highest());
		if (!this.epoch.equals(renewal.epoch())) {
			if (!this.epoch.isEmpty()) {
				logger.warn("The directory of the cluster was lost; node '{}' tells its claims again",
						this.node.id().name());
				this.changes.directoryLost();
			}
			this.synced = false;
			this.unsettled = true;
			this.epoch = renewal.epoch();
		}
		if (lapsed) {
			this.fencedUntil = renewal.highest();
			this.unsettled = true;
			// They took it for dead.
			this.changed = true;
		}
		this.leaseUntil = sent + this.node.leaseNanos();
		show(renewal);
		expectEnd(TimeUnit.MICROSECONDS.toNanos(renewal.untilNextEnd()), sent);
		if (before != State.UP) {
			enter(State.UP);
			if (before == State.AWAY) {
				this.unsettled = true;
				this.subscription.listen();
			}
			claims().tryAtOnce();
			if (!this.directory.status().isRefusing()) {
				this.directory.status()
					.log(() -> logger.info("Node '{}' is up in the cluster, with {}", this.node.id().name(),
							this.view.nodes()));
			}
		}
		this.directory.status().renewed(() -> this.unsettled || claims().isWaiting(), before == State.UP);
		compare(renewal);
		settle();
		if (this.changed && !this.renewAgain) {
			this.changed = false;
			notifyOthers();
		}
		sweep(renewal.graves());
	}

	/**
	 * Asks again when the lease of another node is over that has not been renewed till
	 * then, unless that is done before.
	 */
	private void expectEnd(long left, long sent) {
		this.nextEnd = sent + left;
		if (left < this.node.leaseNanos() / 3) {
			long number = this.renewals;
			this.node.clock().schedule(() -> {
				if (number == this.renewals) {
					renew();
				}
			}, left + BEHIND_END_NANOS);
		}
	}

	private void compare(Renewal renewal) {
		if (this.commands.wasDoubtful()) {
			this.unsettled = true;
		}
		Digest now = renewal.digest().differenceTo(claims().digest());
		boolean settled = now.equals(Digest.EMPTY) || this.unsettled || this.reconciling;
		boolean stays = now.equals(this.difference) || this.differences == MOST_DIFFERENCES;
		this.difference = settled ? Digest.EMPTY : now;
		this.differences = (settled || stays) ? 0 : this.differences + 1;
		if (!settled && stays) {
			logger.info("Node '{}' tells its claims again: the directory has others of it", this.node.id().name());
			this.difference = Digest.EMPTY;
			this.unsettled = true;
		}
		else if (!settled) {
			// Evictions may be under way, others each time.
			this.node.clock().schedule(this::renew, SECOND_CHECK_NANOS);
		}
	}

	/** Sends the claims again, if that is needed and possible. */
	private void settle() {
		if (this.state != State.UP || !this.subscription.isActive()) {
			return;
		}
		if (this.ready.complete(null)) {
			notifyOthers();
		}
		if (this.reconciling) {
			return;
		}
		if (!this.unsettled && !claims().hasLocal()) {
			settled();
			return;
		}
		this.unsettled = false;
		this.reconciling = true;
		String known = this.epoch;
		new Reconciliation(this.node, this.directory.commands(), this.commands, claims(), (all) -> {
			this.reconciling = false;
			this.unsettled |= !all;
			if (known.equals(this.epoch) && !this.unsettled) {
				this.difference = Digest.EMPTY;
				settled();
			}
		}).run();
	}

	/** The directory has the claims of this node, and the next renewal says so. */
	private void settled() {
		this.fencedUntil = -1;
		if (!this.synced) {
			this.synced = true;
			renew();
		}
	}

	private void show(Renewal renewal) {
		NodeView before = this.view;
		NodeView next = this.changes.next(before, renewal);
		// Before listeners are notified: they look for the nodes.
		this.view = next;
		this.changes.report(before, next);
	}

	/** The first of the living nodes removes what the dead have left. */
	private void sweep(List<NodeId> graves) {
		List<NodeId> alive = this.view.alive();
		if (!alive.isEmpty() && alive.get(0).equals(this.node.id())) {
			graves.stream().filter(this.sweeping::add).forEach((grave) -> sweep(grave, ""));
		}
	}

	private void sweep(NodeId grave, String from) {
		this.node.clock().whenDone(this.directory.commands().sweep(grave, from), (next, failure) -> {
			if (failure == null && !next.isEmpty() && this.state == State.UP) {
				sweep(grave, next);
			}
			else {
				this.sweeping.remove(grave);
			}
		});
	}

	/** Has the others check the directory now rather than at their next renewal. */
	private void notifyOthers() {
		for (NodeId node : this.view.alive()) {
			if (!node.equals(this.node.id())) {
				CompletableFuture<?> unused = this.requests.post(node, Message.Kind.CHANGED, new Fields(),
						this.node.timeoutNanos());
			}
		}
	}

	/** Another node has changed. */
	void othersChanged() {
		if (this.state == State.UP) {
			renew();
		}
	}

	/** Says that this node is about to go, or not any more. Any thread. */
	void draining(boolean draining) {
		if (this.draining != draining) {
			this.draining = draining;
			this.node.clock().execute(() -> {
				this.changed = true;
				renew();
			});
		}
	}

	/**
	 * Ends the lease, if there is one. Any thread.
	 * @param claims are decided here from now on
	 * @return completes when the directory knows, or cannot be notified
	 */
	CompletableFuture<Void> leave(Claims claims) {
		CompletableFuture<Void> left = new CompletableFuture<>();
		this.node.clock().execute(() -> {
			boolean known = this.state == State.UP;
			enter(State.LEFT);
			this.ready.complete(null);
			this.over.complete(null);
			this.nextOver.complete(null);
			claims.unavailable();
			if (!known) {
				left.complete(null);
				return;
			}
			this.node.clock().whenDone(this.directory.commands().leave(this.node.id()), (done, failure) -> {
				notifyOthers();
				left.complete(null);
			});
			this.node.clock().schedule(() -> left.complete(null), this.node.timeoutNanos());
		});
		return left;
	}

	@Override
	public boolean isUsable() {
		return this.state == State.UP;
	}

	@Override
	public boolean mayBeUsable() {
		boolean away = this.state == State.AWAY || this.state == State.JOINING;
		return isUsable() || (away && this.node.clock().nanoTime() - this.awaySince < this.node.timeoutNanos());
	}

	@Override
	public void failed() {
		if (this.state == State.UP) {
			renew();
		}
	}

	/**
	 * Asks the directory for the nodes once more. Any thread.
	 * @return completes when {@link #view} is younger than this call, or the directory
	 * has not answered
	 */
	CompletableFuture<Void> lookAgain() {
		CompletableFuture<Void> looked = new CompletableFuture<>();
		if (this.state == State.LEFT) {
			looked.complete(null);
		}
		this.node.clock().execute(() -> {
			CompletableFuture<?> unused = renewOnceMore().thenRunAsync(() -> looked.complete(null),
					this.node.clock().callbacks());
		});
		return looked;
	}

	/** Returns a future of a renewal that begins now or later. */
	private CompletableFuture<?> renewOnceMore() {
		CompletableFuture<?> next = this.nextOver;
		renew();
		return next;
	}

	@Override
	public CompletableFuture<?> nodesKnown() {
		return (this.node.clock().nanoTime() - this.nextEnd < 0) ? CompletableFuture.completedFuture(null)
				: renewOnceMore();
	}

	/**
	 * Whether others may own what this node believes to own: its lease has run out since
	 * it was granted. Any thread.
	 * @param token the token of the grant
	 */
	boolean isFenced(long token) {
		// First: a renewal fences before the lease goes on.
		long until = this.leaseUntil;
		return this.node.clock().nanoTime() - until >= 0 || token <= this.fencedUntil;
	}

	NodeView view() {
		return this.view;
	}

	State state() {
		return this.state;
	}

	/** This node, where the directory does not know it. */
	ClusterNode own() {
		return new ClusterNode(this.node.id().name(), this.draining ? ClusterNode.State.DRAINING : ClusterNode.State.UP,
				this.sessions.count(), this.startedAt);
	}

	private Claims claims() {
		return Objects.requireNonNull(this.claims, "claims");
	}

}
