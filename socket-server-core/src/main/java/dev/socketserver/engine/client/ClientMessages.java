package dev.socketserver.engine.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketserver.OutboundFullException;
import dev.socketserver.SessionSpec.OutboundOverflow;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.stats.ClientCounters;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a client that have not been settled, by where they are, and how many
 * more there may be. Guarded by the lock.
 */
abstract class ClientMessages {

	final String name;

	final Bounds<OutboundOverflow> bounds;

	final ClientCounters counters;

	final MemoryBudget memory;

	final ReentrantLock lock = new ReentrantLock();

	/** Payloads to be handed over, the oldest first. */
	final ArrayDeque<ClientMessage> waiting = new ArrayDeque<>();

	/**
	 * Payloads that the connection has, in order; it has not reported their outcome yet.
	 */
	final ArrayDeque<ClientMessage> handed = new ArrayDeque<>();

	/**
	 * Payloads that the connection has failed to send. They stay here until it has given
	 * back all others, too.
	 */
	final ArrayDeque<ClientMessage> returned = new ArrayDeque<>();

	/** Senders that wait for room, in order. */
	final ArrayDeque<WaitingSender> blocked = new ArrayDeque<>();

	/** Bytes of all payloads that were admitted and are not settled. */
	long bytes;

	long handedBytes;

	/** Senders and others to be notified once the lock is released. */
	final ArrayDeque<Runnable> notifications = new ArrayDeque<>(4);

	/** Run when everything has been sent. */
	@Nullable Runnable whenEmpty;

	/**
	 * The state for which senders are refused now; {@code null} while payloads are
	 * admitted.
	 */
	@Nullable ClientState refusing = ClientState.STOPPED;

	LinkState link = LinkState.DETACHED;

	ClientMessages(String name, Bounds<OutboundOverflow> bounds, ClientCounters counters, MemoryBudget memory) {
		this.name = name;
		this.bounds = bounds;
		this.counters = counters;
		this.memory = memory;
	}

	final OutboundFullException full(ClientMessage message) {
		if (count() >= this.bounds.capacity()) {
			return full("outbound.capacity", this.bounds.capacity());
		}
		return (!hasRoom(message, count(), this.bytes) || hasMemory()) ? full("outbound.bytes", this.bounds.bytes())
				: new OutboundFullException(
						"Client '" + this.name + "' cannot accept another payload: more than half of "
								+ "socket.limits.memory = " + this.memory.limit() + " is in use",
						"limits.memory");
	}

	final OutboundFullException full(String limit, long value) {
		return new OutboundFullException("Client '" + this.name + "' has reached " + limit + " = " + value
				+ ": it is not connected, or its server reads more slowly than it is written to", limit);
	}

	final boolean fits(ClientMessage message) {
		return fits(message, count(), this.bytes);
	}

	/**
	 * Whether a message would fit if all those that wait, and may be dropped, were
	 * dropped.
	 */
	final boolean fitsInsteadOfOlder(ClientMessage message) {
		long sent = this.handedBytes;
		for (ClientMessage back : this.returned) {
			sent += back.payload.length;
		}
		return fits(message, this.handed.size() + this.returned.size(), sent);
	}

	final boolean fits(ClientMessage message, int others, long otherBytes) {
		return hasRoom(message, others, otherBytes) && (others == 0 || hasMemory());
	}

	/** Whether the limits of this client have room, however much memory there is. */
	final boolean hasRoom(ClientMessage message, int others, long otherBytes) {
		return this.bounds.fits(others, otherBytes, message.payload.length);
	}

	/**
	 * Whether the memory of all servers and clients leaves room for more here. Only half
	 * of it does: what waits here cannot be reduced while there is no connection, and
	 * sessions would be aborted for it during all that time. A single payload is admitted
	 * without asking, so that a client never depends on what others hold.
	 */
	final boolean hasMemory() {
		return this.memory.used() <= this.memory.limit() / 2;
	}

	final int count() {
		return this.waiting.size() + this.handed.size() + this.returned.size();
	}

	final void enqueue(ClientMessage message) {
		this.waiting.add(message);
		this.bytes += message.payload.length;
		message.charge();
		this.counters.countAccepted();
	}

	/**
	 * Removes a message from the counts; its sender is notified of the outcome once the
	 * lock is released.
	 */
	final void settle(ClientMessage message, @Nullable Exception failure) {
		message.settled = true;
		message.failure = failure;
		this.bytes -= message.payload.length;
		message.discharge();
		this.notifications.add(message);
	}

	/** Settles a message that will never be sent. */
	final void settleUndelivered(ClientMessage message, Exception failure) {
		this.counters.countUndelivered(1);
		settle(message, failure);
	}

	/** Admits the messages of waiting senders, in order, as long as there is room. */
	final void admitBlocked() {
		for (WaitingSender first = this.blocked.peek(); first != null
				&& fits(first.message); first = this.blocked.peek()) {
			this.blocked.remove();
			enqueue(first.message);
			first.end(null);
		}
	}

	static Exception unwanted() {
		return new CancellationException("Nobody waits for the reply any more");
	}

	/**
	 * Puts what the connection has given back in front of what waits, except for requests
	 * that were given up meanwhile.
	 */
	final void takeBack() {
		for (ClientMessage last = this.returned.pollLast(); last != null; last = this.returned.pollLast()) {
			if (last.unwanted()) {
				settleUndelivered(last, unwanted());
			}
			else {
				this.waiting.addFirst(last);
			}
		}
		admitBlocked();
	}

	/** Releases the lock, and then runs what is in {@link #notifications}. */
	final void unlock() {
		Runnable first = null;
		List<Runnable> more = List.of();
		if (this.lock.getHoldCount() == 1) {
			if (this.whenEmpty != null && (count() == 0 || (this.link == LinkState.ENDING && this.handed.isEmpty()))) {
				this.notifications.add(this.whenEmpty);
				this.whenEmpty = null;
			}
			first = this.notifications.poll();
			if (!this.notifications.isEmpty()) {
				more = new ArrayList<>(this.notifications);
				this.notifications.clear();
			}
		}
		this.lock.unlock();
		if (first != null) {
			first.run();
			more.forEach(Runnable::run);
		}
	}

	/** Under the lock. */
	final void refuseAll(ClientState state) {
		this.refusing = state;
		for (WaitingSender waiter = this.blocked.poll(); waiter != null; waiter = this.blocked.poll()) {
			waiter.end(new ClientClosedException(this.name, state));
		}
	}

	final void failAll(Deque<ClientMessage> messages, ClientState state, boolean begun) {
		for (ClientMessage message = messages.poll(); message != null; message = messages.poll()) {
			settleUndelivered(message, new ClientClosedException(this.name, state, begun || message.broken));
		}
	}

	static int asks(Deque<ClientMessage> messages) {
		return (int) messages.stream().filter((message) -> message.ask != null).count();
	}

}
