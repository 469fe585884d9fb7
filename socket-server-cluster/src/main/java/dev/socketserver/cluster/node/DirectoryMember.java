package dev.socketserver.cluster.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
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
import dev.socketserver.cluster.directory.Entry;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.message.AskOutcome;
import dev.socketserver.cluster.message.ClusterClock;
import dev.socketserver.cluster.message.Deadlines;
import dev.socketserver.cluster.message.Fields;
import dev.socketserver.cluster.message.Message;
import dev.socketserver.cluster.message.MessageCodec;
import dev.socketserver.cluster.message.Reply;
import dev.socketserver.cluster.message.Requests;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ClusterMember;
import dev.socketserver.cluster.spi.ClusterSettings;
import dev.socketserver.cluster.spi.Identity;
import dev.socketserver.cluster.spi.LocalNode;
import dev.socketserver.cluster.spi.LocalSession;
import org.jspecify.annotations.Nullable;

/**
 * This node, as a member of its cluster. Finds the session of an identity: among those of
 * this node, else by the directory. Any thread; futures complete on threads of the
 * directory and the bus, so that whoever hands them to an application sees to another.
 */
public final class DirectoryMember implements ClusterMember {

	private static final int MOST_IDENTITY = 64 * 1024;

	private final NodeId self;

	private final ClusterSettings settings;

	private final ClusterClock clock;

	private final ClusterDirectory directory;

	private final ClusterBus bus;

	private final LocalNode sessions;

	private final Requests requests;

	private final Claims claims;

	private final Membership membership;

	private final DirectoryStatus status;

	private final Subscription subscription;

	private final Incoming incoming;

	private final Deadlines deadlines;

	/**
	 * Creates a member, which does nothing before it is started.
	 * @param self this life of the node
	 * @param settings how it takes part
	 * @param clock its time, and the order of its tasks
	 * @param directory who owns what
	 * @param bus carries messages
	 * @param sessions the sessions of this node
	 * @param listener is notified of what happens
	 */
	public DirectoryMember(NodeId self, ClusterSettings settings, ClusterClock clock, ClusterDirectory directory,
			ClusterBus bus, LocalNode sessions, ClusterListener listener) {
		this.self = self;
		this.settings = settings;
		this.clock = clock;
		this.directory = directory;
		this.bus = bus;
		this.sessions = sessions;
		this.deadlines = new Deadlines(clock);
		DirectoryTime time = new DirectoryTime(clock);
		MessageCodec codec = new MessageCodec(settings.secret());
		this.requests = new Requests(self, clock, bus, codec, time, listener);
		this.subscription = new Subscription(self, settings, clock, bus, this.requests);
		this.status = new DirectoryStatus(self, clock, timeoutNanos());
		ClaimCommands commands = new ClaimCommands(self, clock, directory, time, this.status, timeoutNanos());
		this.membership = new Membership(self, settings, clock, directory, this.subscription, this.requests, time,
				commands, this.status, sessions, listener);
		this.claims = new Claims(self, settings, clock, commands, this.requests, this.membership, listener);
		this.incoming = new Incoming(self, clock, codec, time, this.requests, this.subscription, this.claims,
				this.membership, sessions);
		this.subscription.receiver(this.incoming::receive);
	}

	@Override
	public CompletableFuture<Void> start() {
		this.membership.start(this.claims);
		return this.membership.ready();
	}

	@Override
	public CompletableFuture<Void> leave() {
		return this.membership.leave().thenRun(() -> this.clock.execute(() -> {
			this.subscription.close();
			this.bus.close();
			this.directory.close();
		}));
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
		return this.claims.bind(identity, session, policy);
	}

	@Override
	public void release(String session, Identity identity) {
		this.claims.release(identity, session);
	}

	@Override
	public String node() {
		return this.self.name();
	}

	@Override
	public List<ClusterNode> nodes() {
		List<ClusterNode> nodes = new ArrayList<>();
		nodes.add(this.membership.own());
		for (ClusterNode node : this.membership.view().nodes()) {
			if (!node.name().equals(this.self.name())) {
				nodes.add(node);
			}
		}
		nodes.sort(Comparator.comparing(ClusterNode::name));
		return nodes;
	}

	@Override
	public boolean isDirectoryUp() {
		return this.status.isUp();
	}

	@Override
	public boolean isSuperseded() {
		return this.membership.state() == Membership.State.SUPERSEDED;
	}

	@Override
	public Instant since() {
		return this.status.since();
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
		return new ClusterSession(this.self.name(), claim.owner.id(), claim.identity.server(), claim.token);
	}

	@Override
	public CompletableFuture<Delivery> send(String type, String id, Function<String, byte[]> payload) {
		return locate(type, id, (claim) -> claim.owner.send(payload.apply(claim.identity.server())),
				(entry) -> request(entry, Message.Kind.SEND,
						(fields) -> fields.with(Fields.PAYLOAD, payload.apply(entry.identity().server())),
						timeoutNanos())
					.thenApply(Reply::delivery),
				CompletableFuture::completedFuture);
	}

	@Override
	public CompletableFuture<Delivery> close(String type, String id) {
		return locate(type, id,
				(claim) -> CompletableFuture.completedFuture(claim.owner.close() ? Delivery.WRITTEN : Delivery.GONE),
				(entry) -> request(entry, Message.Kind.CLOSE, (fields) -> fields, timeoutNanos())
					.thenApply(Reply::delivery),
				CompletableFuture::completedFuture);
	}

	@Override
	public <T> CompletableFuture<T> ask(String type, String id, Function<String, byte[]> payload, Duration timeout,
			BiFunction<String, byte[], T> reply) {
		return locate(type, id, (claim) -> {
			String server = claim.identity.server();
			return claim.owner.ask(payload.apply(server), timeout).thenApply((bytes) -> reply.apply(server, bytes));
		}, (entry) -> {
			String server = entry.identity().server();
			long patience = timeout.toNanos() + timeoutNanos();
			return request(entry, Message.Kind.ASK, (fields) -> fields.with(Fields.PAYLOAD, payload.apply(server))
				.with(Fields.TIMEOUT, timeout.toNanos()), patience).thenCompose((answer) -> {
					Throwable failure = AskOutcome.failure(answer);
					return (failure != null) ? CompletableFuture.failedFuture(failure) : CompletableFuture
						.completedFuture(reply.apply(server, answer.fields().bytes(Fields.PAYLOAD)));
				});
		}, (delivery) -> CompletableFuture.failedFuture(
				new DeliveryException(delivery, "Nobody with " + type + ":" + id + " can be asked: " + delivery)));
	}

	@Override
	public CompletableFuture<Broadcast> broadcast(String server, @Nullable String group, byte[] payload) {
		Fields fields = new Fields().with(Fields.SERVER, server).with(Fields.PAYLOAD, payload);
		if (group != null) {
			fields.with(Fields.GROUP, group);
		}
		List<NodeId> alive = this.membership.view().alive();
		if (alive.size() > 1) {
			// What is too long for the others reaches nobody.
			this.requests.check(Message.Kind.BROADCAST, fields);
		}
		AtomicInteger count = new AtomicInteger(this.sessions.broadcast(server, group, payload));
		Map<String, Delivery> unreached = new ConcurrentHashMap<>();
		List<CompletableFuture<?>> replies = new ArrayList<>();
		for (NodeId node : alive) {
			if (node.name().equals(this.self.name())) {
				continue;
			}
			if (!this.status.isReached()) {
				unreached.put(node.name(), Delivery.DIRECTORY_UNAVAILABLE);
				continue;
			}
			replies.add(this.requests.send(node, Message.Kind.BROADCAST, fields, timeoutNanos()).thenAccept((reply) -> {
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
		long patience = timeoutNanos() + longer.toNanos();
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
			Function<Entry, CompletableFuture<T>> there, Function<Delivery, CompletableFuture<T>> nowhere) {
		HeldClaim local = this.claims.book().newest(type, id);
		if (local != null && !local.newerElsewhere) {
			return here.apply(local);
		}
		if (!this.status.isReached()) {
			return (local != null) ? here.apply(local) : nowhere.apply(Delivery.DIRECTORY_UNAVAILABLE);
		}
		CompletableFuture<List<Entry>> found = this.directory.find(type, id);
		this.deadlines.watch(found, timeoutNanos(), () -> found.completeExceptionally(new TimeoutException()));
		return found.<@Nullable List<Entry>>handle((entries, failure) -> entries).thenCompose((entries) -> {
			if (entries == null) {
				return (local != null) ? here.apply(local) : nowhere.apply(Delivery.DIRECTORY_UNAVAILABLE);
			}
			Entry newest = newest(entries);
			if (newest == null) {
				return nowhere.apply(Delivery.NO_SESSION);
			}
			if (!newest.node().equals(this.self)) {
				return there.apply(newest);
			}
			HeldClaim claim = this.claims.book().get(newest.identity(), newest.session());
			return (claim != null) ? here.apply(claim) : nowhere.apply(Delivery.GONE);
		});
	}

	private @Nullable Entry newest(List<Entry> entries) {
		NodeView view = this.membership.view();
		Entry newest = null;
		for (Entry entry : entries) {
			if (!view.isDead(entry.node()) && (newest == null || entry.token() > newest.token())) {
				newest = entry;
			}
		}
		return newest;
	}

	private CompletableFuture<Reply> request(Entry entry, int kind, Function<Fields, Fields> content, long timeout) {
		Fields fields = Claims.fields(entry.identity()).with(Fields.SESSION, entry.session());
		return this.requests.send(entry.node(), kind, content.apply(fields), timeout);
	}

	private long timeoutNanos() {
		return this.settings.requestTimeout().toNanos();
	}

}
