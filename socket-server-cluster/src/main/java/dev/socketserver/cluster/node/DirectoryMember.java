package dev.socketserver.cluster.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.Broadcast;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.ClusterSession;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.cluster.directory.ClusterBus;
import dev.socketserver.cluster.directory.ClusterDirectory;
import dev.socketserver.cluster.directory.DirectoryEntry;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.message.AskOutcome;
import dev.socketserver.cluster.message.Deadlines;
import dev.socketserver.cluster.message.Fields;
import dev.socketserver.cluster.message.Message;
import dev.socketserver.cluster.message.MessageCodec;
import dev.socketserver.cluster.message.NodeRequests;
import dev.socketserver.cluster.message.Reply;
import dev.socketserver.cluster.spi.ClusterMember;
import dev.socketserver.cluster.spi.Identity;
import dev.socketserver.cluster.spi.LocalNode;
import dev.socketserver.cluster.spi.LocalSession;
import dev.socketserver.spi.IdText;
import org.jspecify.annotations.Nullable;

/**
 * This node, as a member of its cluster. Finds the session of an identity: among those of
 * this node, else by the directory. Any thread. Futures complete on threads of the
 * directory and the bus: whoever gives them to an application changes to another thread.
 */
public final class DirectoryMember implements ClusterMember {

	private static final int MOST_IDENTITY = 64 * 1024;

	/** As a session of this node waits for a reply, at most. */
	private static final Duration LONGEST_WAIT = Duration.ofDays(365 * 100);

	/** Of what the clock decides in time, unless it has stopped. */
	private static final long UNTIL_LEFT = Long.MAX_VALUE / 2;

	private final ThisNode node;

	private final Directory directory;

	private final ClusterBus bus;

	private final LocalNode sessions;

	private final NodeRequests requests;

	private final Claims claims;

	private final Membership membership;

	private final Subscription subscription;

	private final Incoming incoming;

	private final Deadlines deadlines;

	private final CompletableFuture<Void> left = new CompletableFuture<>();

	private final AtomicBoolean ended = new AtomicBoolean();

	/**
	 * Creates a member, which does nothing before it is started.
	 * @param node this life of the node
	 * @param directory who owns what
	 * @param bus carries messages
	 * @param sessions the sessions of this node
	 */
	public DirectoryMember(ThisNode node, ClusterDirectory directory, ClusterBus bus, LocalNode sessions) {
		this.node = node;
		this.directory = Directory.of(directory, node);
		this.bus = bus;
		this.sessions = sessions;
		this.deadlines = new Deadlines(node.clock());
		this.requests = new NodeRequests(node.id(), node.clock(), bus, new MessageCodec(node.settings().secret()),
				this.directory.time(), node.listener());
		this.subscription = new Subscription(node, bus, this.requests);
		ClaimCommands commands = new ClaimCommands(node, this.directory);
		this.membership = new Membership(node, this.directory, this.subscription, this.requests, commands, sessions);
		this.claims = new Claims(node, commands, this.requests, this.membership);
		this.incoming = new Incoming(node, this.requests, this.subscription, this.claims, this.membership, sessions);
		this.subscription.receiver(this.incoming::receive);
	}

	@Override
	public CompletableFuture<Void> start() {
		this.membership.start(this.claims);
		return this.membership.ready();
	}

	@Override
	public CompletableFuture<Void> leave() {
		CompletableFuture<?> unused = this.membership.leave(this.claims)
			.thenRun(() -> this.node.clock().execute(this::end));
		CompletableFuture<?> unusedEnd = this.left.whenComplete((done, failure) -> end());
		return this.left;
	}

	/**
	 * Nothing arrives any more, and the clock stops: nobody waits for either. A task of
	 * the clock, unless that has stopped already.
	 */
	private void end() {
		if (!this.ended.compareAndSet(false, true)) {
			return;
		}
		this.subscription.close();
		this.bus.close();
		this.directory.commands().close();
		this.requests.end();
		this.deadlines.end();
		this.left.complete(null);
	}

	@Override
	public void draining(boolean draining) {
		this.membership.draining(draining);
	}

	@Override
	public CompletableFuture<Boolean> bind(LocalSession session, Identity identity, BindPolicy policy) {
		if (identity.type().length() + identity.id().length() > MOST_IDENTITY) {
			throw new IllegalArgumentException(
					"An identity in a cluster may have " + MOST_IDENTITY + " characters, and this one has more");
		}
		CompletableFuture<Boolean> has = this.claims.bind(identity, session, policy);
		this.deadlines.watch(has, UNTIL_LEFT, () -> has.complete(false));
		return has;
	}

	@Override
	public void release(String session, Identity identity) {
		this.claims.release(identity, session);
	}

	@Override
	public String node() {
		return this.node.id().name();
	}

	@Override
	public List<ClusterNode> nodes() {
		List<ClusterNode> nodes = new ArrayList<>();
		nodes.add(this.membership.own());
		for (ClusterNode node : this.membership.view().nodes()) {
			if (!node.name().equals(this.node.id().name())) {
				nodes.add(node);
			}
		}
		nodes.sort(Comparator.comparing(ClusterNode::name));
		return nodes;
	}

	@Override
	public boolean isDirectoryUp() {
		return this.directory.status().isUp();
	}

	@Override
	public boolean isSuperseded() {
		return this.membership.state() == Membership.State.SUPERSEDED;
	}

	@Override
	public Duration directoryAway() {
		return this.directory.status().away();
	}

	@Override
	public Instant since() {
		return this.directory.status().since();
	}

	/**
	 * Returns how many messages were ignored.
	 * @return the number
	 */
	public long ignoredMessages() {
		return this.incoming.ignored();
	}

	@Override
	public CompletableFuture<Optional<ClusterSession>> find(String type, String id) {
		return locate(type, id, (claim) -> CompletableFuture.completedFuture(Optional.of(shown(claim))),
				(entry) -> CompletableFuture.completedFuture(Optional.of(new ClusterSession(entry.node().name(),
						entry.session(), entry.identity().server(), entry.token()))),
				(delivery) -> (delivery == Delivery.NO_SESSION) ? CompletableFuture.completedFuture(Optional.empty())
						: CompletableFuture.failedFuture(new DeliveryException(delivery,
								"Nobody knows where " + type + ":" + id + " is: the directory cannot be reached")));
	}

	private ClusterSession shown(HeldClaim claim) {
		return new ClusterSession(this.node.id().name(), claim.session().id(), claim.identity().server(),
				claim.token());
	}

	@Override
	public CompletableFuture<Delivery> send(String type, String id, Function<String, byte[]> payload) {
		return locate(type, id, (claim) -> claim.session().send(payload.apply(claim.identity().server())),
				(entry) -> request(entry, Message.Kind.SEND,
						(fields) -> fields.with(Fields.PAYLOAD, payload.apply(entry.identity().server())),
						this.node.timeoutNanos())
					.thenApply(Reply::delivery),
				CompletableFuture::completedFuture);
	}

	@Override
	public CompletableFuture<Delivery> close(String type, String id) {
		return locate(type, id,
				(claim) -> CompletableFuture
					.completedFuture(claim.session().close() ? Delivery.WRITTEN : Delivery.GONE),
				(entry) -> request(entry, Message.Kind.CLOSE, (fields) -> fields, this.node.timeoutNanos())
					.thenApply(Reply::delivery),
				CompletableFuture::completedFuture);
	}

	@Override
	public <T> CompletableFuture<T> ask(String type, String id, Function<String, byte[]> payload, Duration timeout,
			BiFunction<String, byte[], T> reply) {
		return locate(type, id, (claim) -> {
			String server = claim.identity().server();
			return claim.session().ask(payload.apply(server), timeout).thenApply((bytes) -> reply.apply(server, bytes));
		}, (entry) -> {
			String server = entry.identity().server();
			long wait = nanos(timeout);
			CompletableFuture<T> read = new CompletableFuture<>();
			// A converter of the application may read it, and wait. A task that is given
			// is done in the end, whether or not there is a thread for it now.
			CompletableFuture<?> unused = request(entry, Message.Kind.ASK,
					(fields) -> fields.with(Fields.PAYLOAD, payload.apply(server)).with(Fields.TIMEOUT, wait),
					wait + this.node.timeoutNanos())
				.whenComplete((answer, failure) -> this.node.clock()
					.callbacks()
					.execute(() -> read(read, answer, failure, (bytes) -> reply.apply(server, bytes))));
			return read;
		}, (delivery) -> CompletableFuture.failedFuture(
				new DeliveryException(delivery, "Nobody with " + type + ":" + id + " can be asked: " + delivery)));
	}

	private static <T> void read(CompletableFuture<T> reply, @Nullable Reply answer, @Nullable Throwable failure,
			Function<byte[], T> reading) {
		try {
			Throwable why = (answer != null) ? AskOutcome.failure(answer) : failure;
			if (why != null) {
				reply.completeExceptionally(why);
			}
			else {
				reply.complete(reading.apply(Objects.requireNonNull(answer).fields().bytes(Fields.PAYLOAD)));
			}
		}
		catch (Throwable ex) {
			reply.completeExceptionally(ex);
		}
	}

	private static long nanos(Duration timeout) {
		return timeout.isNegative() ? 0 : ((timeout.compareTo(LONGEST_WAIT) < 0) ? timeout : LONGEST_WAIT).toNanos();
	}

	@Override
	public CompletableFuture<Broadcast> broadcast(String server, @Nullable String group, byte[] payload) {
		Fields fields = new Fields().with(Fields.SERVER, server).with(Fields.PAYLOAD, payload);
		if (group != null) {
			fields.with(Fields.GROUP, group);
		}
		List<NodeId> alive = this.membership.view().alive();
		if (alive.size() > 1) {
			// What is too long for the others reaches no node.
			this.requests.check(Message.Kind.BROADCAST, fields);
		}
		AtomicInteger count = new AtomicInteger(this.sessions.broadcast(server, group, payload));
		Map<String, Delivery> unreached = new ConcurrentHashMap<>();
		List<CompletableFuture<?>> replies = new ArrayList<>();
		for (NodeId node : alive) {
			if (node.name().equals(this.node.id().name())) {
				continue;
			}
			if (!this.directory.status().isReached()) {
				unreached.put(node.name(), Delivery.DIRECTORY_UNAVAILABLE);
				continue;
			}
			replies.add(this.requests.send(node, Message.Kind.BROADCAST, fields, this.node.timeoutNanos())
				.thenAccept((reply) -> {
					if (reply.delivery() == Delivery.WRITTEN) {
						count.addAndGet((int) reply.fields().number(Fields.COUNT));
					}
					else {
						unreached.put(node.name(), reply.delivery());
					}
				}));
		}
		return CompletableFuture.allOf(replies.toArray(CompletableFuture[]::new))
			.thenApply((all) -> new Broadcast(count.get(), unreached));
	}

	@Override
	public CompletableFuture<byte[]> operate(String node, String operation, byte[] body, Duration longer) {
		NodeView view = this.membership.view();
		NodeId living = view.alive(node);
		if (living == null) {
			return CompletableFuture.failedFuture(view.isKnown(node)
					? new DeliveryException(Delivery.NODE_UNREACHABLE, "Node '" + node + "' is dead")
					: new DeliveryException(Delivery.NO_SESSION, "There is no node '" + node + "' in the cluster"));
		}
		Fields fields = new Fields().with(Fields.OPERATION, operation).with(Fields.PAYLOAD, body);
		long patience = this.node.timeoutNanos() + longer.toNanos();
		return this.requests.send(living, Message.Kind.OPERATE, fields, patience).thenCompose((reply) -> {
			if (reply.delivery() == Delivery.WRITTEN) {
				return CompletableFuture.completedFuture(reply.fields().bytes(Fields.PAYLOAD));
			}
			String error = reply.fields().textIfAny(Fields.ERROR);
			return CompletableFuture.failedFuture(new DeliveryException(reply.delivery(),
					(error != null) ? error : "Node '" + node + "' does not answer"));
		});
	}

	private <T> CompletableFuture<T> locate(String type, String id, Function<HeldClaim, CompletableFuture<T>> here,
			Function<DirectoryEntry, CompletableFuture<T>> there, Function<Delivery, CompletableFuture<T>> nowhere) {
		if (IdText.problem(type) != null || IdText.problem(id) != null) {
			// No other can have it, and the directory may take it for another.
			return nowhere.apply(Delivery.NO_SESSION);
		}
		HeldClaim local = this.claims.book().newest(type, id);
		if (local != null && !local.isNewerElsewhere()) {
			return here.apply(local);
		}
		if (!this.directory.status().isReached()) {
			return (local != null) ? here.apply(local) : nowhere.apply(Delivery.DIRECTORY_UNAVAILABLE);
		}
		CompletableFuture<List<DirectoryEntry>> found = this.directory.commands().find(type, id);
		this.deadlines.watch(found, this.node.timeoutNanos(),
				() -> found.completeExceptionally(new TimeoutException()));
		return found.<@Nullable List<DirectoryEntry>>handle((entries, failure) -> entries).thenCompose((entries) -> {
			if (entries == null) {
				return (local != null) ? here.apply(local) : nowhere.apply(Delivery.DIRECTORY_UNAVAILABLE);
			}
			return living(entries).thenCompose((living) -> {
				DirectoryEntry newest = newest(living);
				HeldClaim held = this.claims.book().newest(type, id);
				if (held != null && (newest == null || isOver(newest) || newest.token() < held.token())) {
					// Not listed until it is claimed again: what is listed is over, or
					// older.
					return here.apply(held);
				}
				if (newest == null) {
					return nowhere.apply(
							this.directory.status().isReached() ? Delivery.NO_SESSION : Delivery.DIRECTORY_UNAVAILABLE);
				}
				if (!newest.node().equals(this.node.id())) {
					return there.apply(newest);
				}
				HeldClaim claim = own(newest);
				return (claim != null) ? here.apply(claim) : nowhere.apply(Delivery.GONE);
			});
		});
	}

	/**
	 * Returns the entries of sessions that are not settled, as far as they are known, of
	 * nodes that live. What a dead node is taken to have may be what it has claimed since
	 * it lives again.
	 */
	private CompletableFuture<List<DirectoryEntry>> living(List<DirectoryEntry> entries) {
		DirectoryEntry newest = newest(entries);
		if (newest == null || !this.membership.view().isDead(newest.node())) {
			return CompletableFuture.completedFuture(entries.stream().filter(this::lives).toList());
		}
		CompletableFuture<Void> looked = this.membership.lookAgain();
		this.deadlines.watch(looked, UNTIL_LEFT, () -> looked.complete(null));
		return looked.thenApply((done) -> entries.stream().filter(this::lives).toList());
	}

	private boolean lives(DirectoryEntry entry) {
		HeldClaim own = own(entry);
		return !this.membership.view().isDead(entry.node()) && (own == null || !own.session().settled());
	}

	private @Nullable HeldClaim own(DirectoryEntry entry) {
		return entry.node().equals(this.node.id()) ? this.claims.book().get(entry.identity(), entry.session()) : null;
	}

	/** Whether it is listed still, and the session has lost the identity or has ended. */
	private boolean isOver(DirectoryEntry entry) {
		return entry.node().equals(this.node.id()) && own(entry) == null;
	}

	/** Returns the newest entry: one that is over only if all are. */
	private @Nullable DirectoryEntry newest(List<DirectoryEntry> entries) {
		return entries.stream()
			.max(Comparator.comparing(this::isOver).reversed().thenComparingLong(DirectoryEntry::token))
			.orElse(null);
	}

	private CompletableFuture<Reply> request(DirectoryEntry entry, int kind, Function<Fields, Fields> content,
			long timeout) {
		return this.requests.send(entry.node(), kind, content.apply(Claims.fields(entry)), timeout);
	}

}
