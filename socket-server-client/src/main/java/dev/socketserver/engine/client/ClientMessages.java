package dev.socketserver.engine.client;

import java.net.ConnectException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

import dev.socketserver.OutboundFullException;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.engine.waiting.Charge;
import dev.socketserver.engine.waiting.Waiting;
import dev.socketserver.operator.Counter;
import dev.socketserver.spec.OutboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a client whose outcome is open: those that wait, for any connection or
 * for one, and those that an {@link OutboxLink} has. Counts them and their outcomes, and
 * knows how many more there may be.
 *
 * <pre>
 *   add ──▶ waiting ──hand──▶ OutboxLink ──sent──▶ settled
 *              ▲                  │
 *              └──waitsAgain──────┘
 *
 *   any of these ──undelivered──▶ settled
 * </pre>
 *
 * Guarded by the lock of the {@link ClientOutbox}.
 */
final class ClientMessages {

	private final String client;

	private final Bounds<OutboundOverflow> bounds;

	private final ClientCounters counters;

	private final MemoryBudget memory;

	/** Has those that are settled notify their senders. */
	private final Notifications notifications = new Notifications();

	/** Since when those wait that may not wait for long; absent if all may. */
	private @Nullable LimitedWaits waits;

	/** Whether messages may wait for one connection. */
	private final boolean keyed;

	/** To be handed over to any connection. */
	private final Waiting<ClientMessage> waiting;

	/** Those that wait for one of the connections. */
	private final List<Waiting<ClientMessage>> others = new ArrayList<>(1);

	/**
	 * Those that wait for connections, and some that do not any more, in the order in
	 * which they were added, where older ones may be dropped.
	 */
	private final ArrayDeque<ClientMessage> added = new ArrayDeque<>(1);

	/** How many there are. */
	private int count;

	/** Bytes of all. */
	private long bytes;

	/**
	 * Creates the object without messages.
	 * @param client the client's name
	 * @param bounds how much may wait
	 * @param counters counts what became of messages
	 * @param memory the memory for waiting bytes of all servers and clients
	 * @param keyed whether messages may wait for one connection
	 */
	ClientMessages(String client, Bounds<OutboundOverflow> bounds, ClientCounters counters, MemoryBudget memory,
			boolean keyed) {
		this.keyed = keyed;
		this.waiting = new Waiting<>(ClientMessage.WAITING, Charge.exact(memory));
		this.client = client;
		this.bounds = bounds;
		this.counters = counters;
		this.memory = memory;
	}

	/**
	 * Limits how long those that begin to wait from now on may.
	 * @param limit how long; {@code null} if for as long as it takes
	 * @param expire run when some may have waited for so long
	 */
	void limit(@Nullable WaitLimit limit, Runnable expire) {
		if (limit == null || this.waits == null) {
			this.waits = (limit != null) ? new LimitedWaits(limit, expire) : null;
		}
	}

	/** What is to be run once the lock is released. */
	Notifications notifications() {
		return this.notifications;
	}

	// How many there are.

	int count() {
		return this.count;
	}

	/** Bytes of all. */
	long bytes() {
		return this.bytes;
	}

	/** How many requests wait for any connection. */
	int requests() {
		return (int) this.waiting.stream().filter(ClientMessage::isRequest).count();
	}

	// How many more there may be.

	boolean fits(ClientMessage message) {
		return fits(message, count(), this.bytes);
	}

	private boolean fits(ClientMessage message, int others, long otherBytes) {
		return this.bounds.fits(others, otherBytes, message.bytes()) && (others == 0 || hasMemory());
	}

	/** Whether the limits of this client have room, however much memory there is. */
	boolean hasRoom(ClientMessage message) {
		return this.bounds.fits(count(), this.bytes, message.bytes());
	}

	/**
	 * Whether the memory of all servers and clients leaves room for more here. Only half
	 * of it does: what waits here cannot be reduced while there is no connection, and
	 * sessions would be aborted for it during all that time. A single payload is admitted
	 * without asking, so that a client never depends on what others hold.
	 */
	private boolean hasMemory() {
		return this.memory.used() <= this.memory.limit() / 2;
	}

	/** Why a message is refused that does not fit. */
	OutboundFullException full(ClientMessage message) {
		if (count() >= this.bounds.capacity()) {
			return full("outbound.capacity", this.bounds.capacity());
		}
		return (!hasRoom(message) || hasMemory()) ? full("outbound.bytes", this.bounds.bytes())
				: new OutboundFullException(
						"Client '" + this.client + "' cannot accept another payload: more than half of "
								+ "socket.limits.memory = " + this.memory.limit() + " is in use",
						"limits.memory");
	}

	private OutboundFullException full(String limit, long value) {
		return new OutboundFullException("Client '" + this.client + "' has reached " + limit + " = " + value
				+ ": it is not connected, or its server reads more slowly than it is written to", limit);
	}

	// Where they are.

	/** Those that wait for any connection. */
	Waiting<ClientMessage> waiting() {
		return this.waiting;
	}

	/** Those that wait for one connection are counted with the others from now on. */
	void link(Waiting<ClientMessage> waiting) {
		this.others.add(waiting);
	}

	/** None waits for that connection any more. */
	void unlink(Waiting<ClientMessage> waiting) {
		this.others.remove(waiting);
	}

	/** One was admitted, and is to be put where it waits. */
	void add(ClientMessage message) {
		this.count++;
		this.bytes += message.bytes();
		this.counters.count(Counter.CLIENT_ACCEPTED);
		if (this.keyed) {
			forgetTaken();
			this.added.add(message);
		}
		if (this.waits != null) {
			this.waits.begin(message);
		}
	}

	/**
	 * Fails those that have waited for too long.
	 * @param connected whether there is a connection for them
	 */
	void expire(boolean connected) {
		if (this.waits != null) {
			for (ClientMessage message : this.waits.takeExpired(connected)) {
				remove(message);
				undelivered(message, new ConnectException("Client '" + this.client
						+ "' has no connection for this datagram, which does not wait longer"));
			}
		}
	}

	/**
	 * Drops older messages that wait, as far as that makes room for one.
	 * @param message the message
	 * @param full what their senders are refused with
	 * @return {@code false} if that would not make room; then nothing has changed
	 */
	boolean dropOlder(ClientMessage message, OutboundFullException full) {
		int waits = this.waiting.size();
		long waitingBytes = this.waiting.bytes();
		for (Waiting<ClientMessage> other : this.others) {
			waits += other.size();
			waitingBytes += other.bytes();
		}
		if (!fits(message, this.count - waits, this.bytes - waitingBytes)) {
			return false;
		}
		for (ClientMessage oldest = oldest(); oldest != null && !fits(message); oldest = oldest()) {
			remove(oldest);
			this.counters.count(Counter.CLIENT_DROPPED);
			settle(oldest, full);
		}
		return true;
	}

	private @Nullable ClientMessage oldest() {
		forgetTaken();
		return this.keyed ? this.added.peek() : this.waiting.peek();
	}

	private void forgetTaken() {
		while (!this.added.isEmpty() && !this.added.peek().isWaiting()) {
			this.added.remove();
		}
	}

	private boolean remove(ClientMessage message) {
		OutboxLink link = message.link();
		return ((link != null) ? link.waiting() : this.waiting).remove(message);
	}

	/** One that a connection has given back waits before all others. */
	void waitsAgain(ClientMessage message, Waiting<ClientMessage> queue) {
		queue.addFirst(message);
		if (this.keyed) {
			this.added.addFirst(message);
		}
		if (this.waits != null) {
			this.waits.begin(message);
		}
	}

	/** A connection has sent one. */
	void sent(ClientMessage message, OutboxLink by) {
		by.takeHanded(message);
		this.counters.count(Counter.CLIENT_DELIVERED);
		settle(message, null);
	}

	/** Removes a request that no caller waits for, if it was not handed over yet. */
	boolean withdraw(ClientMessage message) {
		boolean waited = message.isWaiting() && remove(message);
		if (waited) {
			undelivered(message, unwanted());
		}
		return waited;
	}

	/** Why a request is not sent. */
	static Exception unwanted() {
		return new CancellationException("Nobody waits for the reply any more");
	}

	/** Fails all that wait; those of connections were taken away from them. */
	void failWaiting(ClientState state) {
		this.others.forEach((other) -> other.drain((message) -> fail(message, state, false)));
		this.waiting.drain((message) -> fail(message, state, false));
		this.added.clear();
	}

	/**
	 * Fails one.
	 * @param begun whether a connection may have sent some of it
	 */
	void fail(ClientMessage message, ClientState state, boolean begun) {
		undelivered(message, new ClientClosedException(this.client, state, begun || message.isBroken()));
	}

	/** Settles one that will never be sent, and is in none of the queues any more. */
	void undelivered(ClientMessage message, Exception failure) {
		this.counters.count(Counter.CLIENT_UNDELIVERED);
		settle(message, failure);
	}

	/**
	 * Removes one from the counts; its sender is notified of the outcome once the lock is
	 * released.
	 */
	private void settle(ClientMessage message, @Nullable Exception failure) {
		message.settle(failure);
		this.count--;
		this.bytes -= message.bytes();
		this.notifications.add(message);
	}

}
