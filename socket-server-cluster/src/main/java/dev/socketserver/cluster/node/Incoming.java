package dev.socketserver.cluster.node;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.directory.DirectoryEntry;
import dev.socketserver.cluster.message.AskOutcome;
import dev.socketserver.cluster.message.Fields;
import dev.socketserver.cluster.message.Message;
import dev.socketserver.cluster.message.NodeRequests;
import dev.socketserver.cluster.message.SeenRequests;
import dev.socketserver.cluster.spi.Identity;
import dev.socketserver.cluster.spi.LocalNode;
import dev.socketserver.cluster.spi.LocalSession;
import dev.socketserver.engine.log.LogLimit;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

/**
 * Handles what other nodes send. Nothing here waits: where a session is written to, the
 * answer is sent when that is done. On a thread of the bus.
 */
final class Incoming {

	private static final SafeLogger logger = SafeLogger.of(Incoming.class);

	private static final long LOG_NANOS = Duration.ofMinutes(1).toNanos();

	/** What the directory counts with. */
	private static final long MOST_TOKEN = 1L << 53;

	private final ThisNode node;

	private final NodeRequests requests;

	private final Subscription subscription;

	private final Claims claims;

	private final Membership membership;

	private final LocalNode sessions;

	private final SeenRequests seen = new SeenRequests();

	private final AtomicLong ignored = new AtomicLong();

	private final LogLimit log;

	Incoming(ThisNode node, NodeRequests requests, Subscription subscription, Claims claims, Membership membership,
			LocalNode sessions) {
		this.node = node;
		this.requests = requests;
		this.subscription = subscription;
		this.claims = claims;
		this.membership = membership;
		this.sessions = sessions;
		this.log = new LogLimit(1, LOG_NANOS, node.clock()::schedule, node.clock()::nanoTime,
				(count) -> logger.warn(
						"Node '{}' of the cluster has ignored {} more messages in a minute; {} messages so far",
						node.id().name(), count, ignored()));
	}

	void receive(byte[] bytes) {
		try {
			handle(this.requests.read(bytes));
		}
		catch (IllegalArgumentException ex) {
			ignore(ex.getMessage());
		}
	}

	/** Returns how many messages were ignored. */
	long ignored() {
		return this.ignored.get();
	}

	private void ignore(@Nullable String why) {
		long count = this.ignored.incrementAndGet();
		this.log.log(() -> logger.warn("Node '{}' of the cluster has ignored {}; {} messages so far",
				this.node.id().name(), why, count));
	}

	private void handle(Message message) {
		if (message.kind() == Message.Kind.REPLY) {
			this.requests.replied(message);
			return;
		}
		if (message.kind() == Message.Kind.PING) {
			if (message.from().equals(this.node.id())) {
				this.subscription.echo(message);
			}
			return;
		}
		if (this.requests.isLate(message)) {
			ignore("a message that arrived after its time");
			return;
		}
		// Urgent ones overtake others, and have the same effect when they arrive twice.
		if (!Message.Kind.isUrgent(message.kind()) && !this.seen.first(message.from(), message.id())) {
			ignore("a message that was received before");
			return;
		}
		Fields fields = message.fields();
		switch (message.kind()) {
			case Message.Kind.SEND ->
				toOwner(message, (owner) -> answer(message, owner.send(fields.bytes(Fields.PAYLOAD))));
			case Message.Kind.ASK -> toOwner(message, (owner) -> ask(message, owner));
			case Message.Kind.CLOSE ->
				toOwner(message, (owner) -> answer(message, owner.close() ? Delivery.WRITTEN : Delivery.GONE));
			// Here, since what comes next may be for one of the sessions.
			case Message.Kind.BROADCAST -> broadcast(message, fields.text(Fields.SERVER), fields.bytes(Fields.PAYLOAD));
			case Message.Kind.EVICT -> evicted(message);
			case Message.Kind.NEWER -> {
				Identity identity = identity(fields);
				String session = fields.text(Fields.SESSION);
				this.node.clock().execute(() -> this.claims.newerElsewhere(identity, session));
			}
			case Message.Kind.OPERATE -> this.node.clock().callbacks().execute(() -> operate(message));
			case Message.Kind.CHANGED -> this.node.clock().execute(this.membership::othersChanged);
			default -> this.requests.answer(message, new Fields().with(Fields.OUTCOME, "UNSUPPORTED"));
		}
	}

	private static Identity identity(Fields fields) {
		return new Identity(fields.text(Fields.SERVER), fields.text(Fields.TYPE), fields.text(Fields.ID));
	}

	private static long token(Fields fields) {
		long token = fields.number(Fields.TOKEN);
		if (token <= 0 || token >= MOST_TOKEN) {
			throw new IllegalArgumentException("a message with an unknown token");
		}
		return token;
	}

	/** Passes a message to the session that it is for; or answers why not. */
	private void toOwner(Message message, Consumer<LocalSession> then) {
		Fields fields = message.fields();
		HeldClaim claim = this.claims.book().get(identity(fields), fields.text(Fields.SESSION));
		if (claim == null || claim.isOvertaken()) {
			answer(message, Delivery.GONE);
		}
		else if (this.membership.isFenced(claim.token())) {
			// Another node may have the identity meanwhile.
			answer(message, Delivery.NODE_UNREACHABLE);
		}
		else {
			then.accept(claim.session());
		}
	}

	private void answer(Message request, CompletableFuture<Delivery> delivery) {
		CompletableFuture<?> unused = delivery
			.whenComplete((outcome, failure) -> answer(request, (failure == null) ? outcome : Delivery.REFUSED));
	}

	private void answer(Message request, Delivery delivery) {
		this.requests.answer(request, Fields.of(delivery));
	}

	private void ask(Message request, LocalSession owner) {
		Duration timeout = Duration.ofNanos(request.fields().number(Fields.TIMEOUT));
		CompletableFuture<?> unused = owner.ask(request.fields().bytes(Fields.PAYLOAD), timeout)
			.whenComplete((reply, failure) -> {
				Fields fields = new Fields();
				if (failure == null) {
					fields.with(Fields.OUTCOME, Delivery.WRITTEN.name()).with(Fields.PAYLOAD, reply);
				}
				else {
					AskOutcome.write(failure, fields);
				}
				this.requests.answer(request, fields);
			});
	}

	private void evicted(Message message) {
		Fields fields = message.fields();
		DirectoryEntry removed = new DirectoryEntry(identity(fields), this.node.id(), fields.text(Fields.SESSION),
				fields.numberIfAny(Fields.EVICTED));
		long token = token(fields);
		String by = "session " + fields.text(Fields.OPERATION) + " of node " + message.from().name();
		this.node.clock().execute(() -> {
			CompletableFuture<?> unused = this.claims.evicted(removed, token, by)
				.whenComplete((received, failure) -> answer(message, Delivery.WRITTEN));
		});
	}

	private void broadcast(Message request, String server, byte[] payload) {
		int count = 0;
		try {
			count = this.sessions.broadcast(server, request.fields().textIfAny(Fields.GROUP), payload);
		}
		catch (RuntimeException ex) {
			logger.warn("Node '{}' of the cluster could not broadcast what node '{}' has sent", this.node.id().name(),
					request.from().name(), ex);
		}
		this.requests.answer(request, Fields.of(Delivery.WRITTEN).with(Fields.COUNT, count));
	}

	private void operate(Message request) {
		Fields fields = request.fields();
		CompletableFuture<byte[]> result;
		try {
			result = this.sessions.operate(fields.text(Fields.OPERATION), fields.bytes(Fields.PAYLOAD));
		}
		catch (RuntimeException ex) {
			result = CompletableFuture.failedFuture(ex);
		}
		CompletableFuture<?> unused = result.whenComplete((body, failure) -> this.requests.answer(request,
				(failure == null) ? Fields.of(Delivery.WRITTEN).with(Fields.PAYLOAD, body)
						: Fields.of(Delivery.REFUSED).with(Fields.ERROR, "" + failure.getMessage())));
	}

}
