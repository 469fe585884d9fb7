package dev.socketserver.engine.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CancellationException;

import dev.socketserver.OutboundFullException;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.spec.OutboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a client whose outcome is open, by where they are: they wait, the
 * connection has them, or it has given them back. Counts them and their outcomes, and
 * knows how many more there may be.
 *
 * <pre>
 *   add ──▶ waiting ──hand──▶ handed ──sent──▶ settled
 *              ▲ ▲              │  │
 *              │ └──notTaken────┘  └──gaveBack──▶ returned
 *              └───────────takeBack──────────────────┘
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

	private final Notifications notifications;

	/** To be handed over, the oldest first. */
	private final ArrayDeque<ClientMessage> waiting = new ArrayDeque<>();

	/**
	 * Those that the connection has, in order; it has not reported their outcome yet.
	 */
	private final ArrayDeque<ClientMessage> handed = new ArrayDeque<>();

	/**
	 * Those that the connection has failed to send. They stay here until it has given
	 * back all others, too.
	 */
	private final ArrayDeque<ClientMessage> returned = new ArrayDeque<>();

	/** Bytes of all. */
	private long bytes;

	private long handedBytes;

	/**
	 * Creates the object without messages.
	 * @param client the client's name
	 * @param bounds how much may wait
	 * @param counters counts what became of messages
	 * @param memory the memory for waiting bytes of all servers and clients
	 * @param notifications gets the messages that are settled, which notify their senders
	 */
	ClientMessages(String client, Bounds<OutboundOverflow> bounds, ClientCounters counters, MemoryBudget memory,
			Notifications notifications) {
		this.client = client;
		this.bounds = bounds;
		this.counters = counters;
		this.memory = memory;
		this.notifications = notifications;
	}

	// How many there are.

	int count() {
		return this.waiting.size() + this.handed.size() + this.returned.size();
	}

	/** Bytes of all. */
	long bytes() {
		return this.bytes;
	}

	/** Bytes of those that the connection has. */
	long handedBytes() {
		return this.handedBytes;
	}

	/** Whether the connection has none. */
	boolean noneHanded() {
		return this.handed.isEmpty();
	}

	/** How many requests there are that the connection does not have. */
	int requests() {
		return requests(this.waiting) + requests(this.returned);
	}

	private static int requests(Deque<ClientMessage> messages) {
		return (int) messages.stream().filter((message) -> message.ask() != null).count();
	}

	// How many more there may be.

	boolean fits(ClientMessage message) {
		return fits(message, count(), this.bytes);
	}

	private boolean fits(ClientMessage message, int others, long otherBytes) {
		return hasRoom(message, others, otherBytes) && (others == 0 || hasMemory());
	}

	/** Whether the limits of this client have room, however much memory there is. */
	boolean hasRoom(ClientMessage message) {
		return hasRoom(message, count(), this.bytes);
	}

	private boolean hasRoom(ClientMessage message, int others, long otherBytes) {
		return this.bounds.fits(others, otherBytes, message.bytes());
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

	/** One was admitted. */
	void add(ClientMessage message) {
		this.waiting.add(message);
		this.bytes += message.bytes();
		message.charge();
		this.counters.countAccepted();
	}

	/**
	 * Admits one in place of older ones that wait, as far as that makes room.
	 * @param message the message
	 * @param full what the senders of older ones are refused with
	 * @return {@code false} if that would not make room; then nothing has changed
	 */
	boolean addInsteadOfOlder(ClientMessage message, OutboundFullException full) {
		long others = this.handedBytes;
		for (ClientMessage back : this.returned) {
			others += back.bytes();
		}
		if (!fits(message, this.handed.size() + this.returned.size(), others)) {
			return false;
		}
		while (!fits(message) && !this.waiting.isEmpty()) {
			ClientMessage oldest = this.waiting.remove();
			this.counters.countDropped();
			settle(oldest, full);
		}
		add(message);
		return true;
	}

	/** Returns the one to be handed over next, or {@code null} if none waits. */
	@Nullable ClientMessage next() {
		return this.waiting.poll();
	}

	/**
	 * Returns the first that is a request, or that is none; {@code null} if there is none
	 * such.
	 */
	@Nullable ClientMessage next(boolean request) {
		for (Iterator<ClientMessage> all = this.waiting.iterator(); all.hasNext();) {
			ClientMessage next = all.next();
			if ((next.ask() != null) == request) {
				all.remove();
				return next;
			}
		}
		return null;
	}

	/** The connection gets one, and charges it. */
	void hand(ClientMessage message) {
		this.handed.add(message);
		this.handedBytes += message.bytes();
		// Before the connection charges it: a session might be aborted in the moment in
		// which it is charged twice.
		message.discharge();
	}

	/**
	 * The connection has not taken the one that it got last.
	 * @return {@code false} if it failed after the write, whose outcome has been reported
	 * already
	 */
	boolean notTaken(ClientMessage message) {
		boolean had = this.handed.removeLastOccurrence(message);
		if (had) {
			this.handedBytes -= message.bytes();
		}
		return had;
	}

	/** Whether a request waits to be handed over. */
	boolean waitingRequests() {
		return this.waiting.stream().anyMatch((message) -> message.ask() != null);
	}

	/** One waits again, before all others. */
	void putBack(ClientMessage message) {
		message.charge();
		this.waiting.addFirst(message);
	}

	/** The connection has sent one. */
	void sent(ClientMessage message) {
		ended(message);
		this.counters.countDelivered();
		settle(message, null);
	}

	/** The connection has ended before it had sent all of one. */
	void gaveBack(ClientMessage message) {
		ended(message);
		message.broke();
		message.charge();
		this.returned.add(message);
	}

	private void ended(ClientMessage message) {
		this.handed.removeFirstOccurrence(message);
		this.handedBytes -= message.bytes();
	}

	/**
	 * Puts what the connection has given back in front of what waits, except for requests
	 * that were given up meanwhile.
	 */
	void takeBack() {
		for (ClientMessage last = this.returned.pollLast(); last != null; last = this.returned.pollLast()) {
			if (last.unwanted()) {
				undelivered(last, unwanted());
			}
			else {
				this.waiting.addFirst(last);
			}
		}
	}

	/** Removes a request that no caller waits for, if it was not handed over yet. */
	boolean withdraw(ClientMessage message) {
		boolean waited = this.waiting.remove(message);
		if (waited) {
			undelivered(message, unwanted());
		}
		return waited;
	}

	/** Why a request is not sent. */
	static Exception unwanted() {
		return new CancellationException("Nobody waits for the reply any more");
	}

	/** Fails all, also those that a connection has, which is stuck. */
	void failAll(ClientState state) {
		this.handedBytes = 0;
		failAll(this.handed, state, true);
		failAll(this.returned, state, true);
		failAll(this.waiting, state, false);
	}

	private void failAll(Deque<ClientMessage> messages, ClientState state, boolean begun) {
		for (ClientMessage message = messages.poll(); message != null; message = messages.poll()) {
			undelivered(message, new ClientClosedException(this.client, state, begun || message.isBroken()));
		}
	}

	/** Settles one that will never be sent, and is in none of the queues any more. */
	void undelivered(ClientMessage message, Exception failure) {
		this.counters.countUndelivered(1);
		settle(message, failure);
	}

	/**
	 * Removes one from the counts; its sender is notified of the outcome once the lock is
	 * released.
	 */
	private void settle(ClientMessage message, @Nullable Exception failure) {
		message.settle(failure);
		this.bytes -= message.bytes();
		this.notifications.add(message);
	}

}
