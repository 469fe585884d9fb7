package dev.socketserver.cluster.message;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.directory.ClusterBus;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.spi.ClusterListener;

/**
 * Requests to other nodes. Each has one outcome: the reply, that no node listens, or that
 * the time is over. Any thread.
 */
public final class NodeRequests {

	private final NodeId self;

	private final ClusterClock clock;

	private final ClusterBus bus;

	private final MessageCodec codec;

	private final LongSupplier directoryTime;

	private final ClusterListener listener;

	private final AtomicLong lastId = new AtomicLong();

	private final ConcurrentMap<Long, Pending> pending = new ConcurrentHashMap<>();

	private final Deadlines deadlines;

	/**
	 * Creates the requests of a node.
	 * @param directoryTime the directory's clock in microseconds, or 0
	 */
	public NodeRequests(NodeId self, ClusterClock clock, ClusterBus bus, MessageCodec codec, LongSupplier directoryTime,
			ClusterListener listener) {
		this.self = self;
		this.clock = clock;
		this.bus = bus;
		this.codec = codec;
		this.directoryTime = directoryTime;
		this.listener = listener;
		this.deadlines = new Deadlines(clock);
	}

	/**
	 * Sends a request.
	 * @return the reply; never fails. Completes on a thread of the bus
	 * @throws IllegalArgumentException if the message is too long
	 */
	public CompletableFuture<Reply> send(NodeId to, int kind, Fields fields, long timeoutNanos) {
		long id = this.lastId.incrementAndGet();
		byte[] message = encode(to, kind, id, fields, timeoutNanos);
		long now = this.clock.nanoTime();
		Pending request = new Pending(to, kind, now, new CompletableFuture<>());
		this.pending.put(id, request);
		CompletableFuture<Boolean> published = this.bus.publish(to, message, Message.Kind.isUrgent(kind));
		CompletableFuture<?> unused = published.whenComplete((received, failure) -> {
			if (failure != null || !received) {
				settle(id, to, Reply.of(Delivery.NODE_UNREACHABLE));
			}
		});
		this.deadlines.watch(request.reply, timeoutNanos, () -> {
			published.cancel(false);
			settle(id, to, Reply.of(Delivery.NODE_UNREACHABLE));
		});
		return request.reply;
	}

	/** Sends a message that is not answered. */
	public CompletableFuture<Boolean> post(NodeId to, int kind, Fields fields, long timeoutNanos) {
		return this.bus.publish(to, encode(to, kind, this.lastId.incrementAndGet(), fields, timeoutNanos),
				Message.Kind.isUrgent(kind));
	}

	/**
	 * Checks whether something can be sent.
	 * @throws IllegalArgumentException if the message is too long
	 */
	public void check(int kind, Fields fields) {
		encode(this.self, kind, 0, fields, 0);
	}

	/** Answers a request. */
	public void answer(Message request, Fields fields) {
		byte[] message;
		try {
			message = reply(request, fields);
			checkLength(message);
		}
		catch (IllegalArgumentException ex) {
			message = reply(request, Fields.of(Delivery.REFUSED).with(Fields.ERROR, "" + ex.getMessage()));
		}
		CompletableFuture<?> unused = this.bus.publish(request.from(), message, Message.Kind.isUrgent(request.kind()));
	}

	private byte[] reply(Message request, Fields fields) {
		return this.codec.write(new Message(Message.Kind.REPLY, request.id(), this.self, 0, fields), request.from());
	}

	private byte[] encode(NodeId to, int kind, long id, Fields fields, long timeoutNanos) {
		long now = this.directoryTime.getAsLong();
		long deadline = (now != 0) ? now + timeoutNanos / 1_000 : 0;
		byte[] message = this.codec.write(new Message(kind, id, this.self, deadline, fields), to);
		checkLength(message);
		return message;
	}

	private static void checkLength(byte[] message) {
		if (message.length > MessageCodec.MOST_BYTES) {
			throw new IllegalArgumentException("A message to another node has " + message.length
					+ " bytes, and may have " + MessageCodec.MOST_BYTES);
		}
	}

	/**
	 * Reads what was received.
	 * @throws IllegalArgumentException if it is no message to this node
	 */
	public Message read(byte[] bytes) {
		return this.codec.read(bytes, this.self);
	}

	/** Whether a message has arrived after its time. */
	public boolean isLate(Message message) {
		long now = this.directoryTime.getAsLong();
		return message.deadline() != 0 && now != 0 && now > message.deadline();
	}

	/** A reply has arrived. */
	public void replied(Message reply) {
		settle(reply.id(), reply.from(), Reply.read(reply.fields()));
	}

	/** The node has left: no reply arrives any more. */
	public void end() {
		this.deadlines.end();
	}

	private void settle(long id, NodeId from, Reply reply) {
		Pending request = this.pending.get(id);
		if (request != null && request.to.equals(from) && this.pending.remove(id, request)) {
			this.listener.requested(Message.Kind.name(request.kind), reply.delivery().name(),
					Duration.ofNanos(this.clock.nanoTime() - request.sent));
			request.reply.complete(reply);
		}
	}

	/**
	 * A request without its reply.
	 *
	 * @param to to whom
	 * @param kind what for
	 * @param sent when it was sent
	 * @param reply completes with its outcome
	 */
	private record Pending(NodeId to, int kind, long sent, CompletableFuture<Reply> reply) {

	}

}
