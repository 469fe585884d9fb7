package dev.socketserver.engine.client;

import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import dev.socketserver.OutboundFullException;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Select;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.Request;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.engine.waiting.BlockedSend;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.engine.waiting.Overflow;
import dev.socketserver.engine.waiting.Room;
import dev.socketserver.operator.Counter;
import dev.socketserver.spec.Outbound;
import dev.socketserver.spec.OutboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * The payloads that a client has to send, whether or not it is connected. It admits or
 * refuses each payload; {@link OutboxLinks} hands those that it has admitted over to
 * connections. A payload stays in {@link ClientMessages} until the operating system has
 * taken all of it; if the connection ends before that, the payload is the next to be sent
 * again. Each sender is notified of the outcome exactly once.
 * <p>
 * All state is guarded by the lock. Connections are called while it is held, since they
 * never wait; senders are notified after it is released, and wait for room without it.
 */
public final class ClientOutbox implements ClientCounters.Pending, OutboxLink.Listener {

	/**
	 * How often senders that wait for room check whether there is memory again, since
	 * nothing signals that.
	 */
	private static final long MEMORY_CHECK_MILLIS = 250;

	private final String name;

	private final Bounds<OutboundOverflow> bounds;

	private final ClientCounters counters;

	private final ReentrantLock lock = new ReentrantLock();

	/** What is run once the lock is released. */
	private final Notifications notifications;

	private final MemoryBudget memory;

	private final ClientMessages messages;

	/** Senders that wait for room. */
	private final Room<ClientMessage> room = new Room<>(ClientMessage::bytes, MEMORY_CHECK_MILLIS);

	/**
	 * The state for which senders are refused now; {@code null} while payloads are
	 * admitted.
	 */
	private @Nullable ClientState refusing = ClientState.STOPPED;

	/** The connections that are handed payloads, or were. */
	private final OutboxLinks links;

	/** Which payloads have the same connection; absent if payloads have no keys. */
	private final @Nullable KeyBuckets keys;

	/** Run when everything has been sent. */
	private @Nullable Runnable whenEmpty;

	/**
	 * Creates an outbox, which refuses everything until it is {@link #open() opened}.
	 * @param name the client's name
	 * @param bounds how much may wait, and what happens to more
	 * @param counters the counters of the client
	 * @param memory the memory for waiting bytes of all servers and clients
	 * @param spread how payloads are spread over connections
	 * @param limit how long payloads wait for a connection; {@code null} if for as long
	 * as it takes
	 */
	public ClientOutbox(String name, Bounds<OutboundOverflow> bounds, ClientCounters counters, MemoryBudget memory,
			Spread spread, @Nullable WaitLimit limit) {
		this.name = name;
		this.bounds = bounds;
		this.counters = counters;
		this.memory = memory;
		this.keys = spread.keyed() ? new KeyBuckets() : null;
		this.messages = new ClientMessages(name, bounds, counters, memory, spread.keyed());
		this.messages.limit(limit, this::expire);
		this.notifications = this.messages.notifications();
		this.links = new OutboxLinks(this.messages, counters, spread.select(), this.keys, this::admitBlocked);
		counters.pending(this);
	}

	/**
	 * Other settings are in force: admits those who wait, as far as there is room now.
	 * @param limits how much may wait, and what happens to more
	 * @param spread how payloads are spread over several connections; {@code null} where
	 * there is one at a time
	 * @param limit how long payloads wait for a connection from now on; {@code null} if
	 * for as long as it takes
	 */
	public void reconfigure(Outbound limits, @Nullable Select spread, @Nullable WaitLimit limit) {
		locked(() -> {
			this.messages.limit(limit, this::expire);
			this.bounds.resize(limits.capacity(), limits.bytes(), limits.overflow());
			this.links.spread(spread);
			goOn();
		});
	}

	// What is admitted. Any thread.

	/** Admits payloads from now on. */
	public void open() {
		locked(() -> {
			this.refusing = null;
			this.whenEmpty = null;
		});
	}

	/**
	 * Adds a payload, refuses it, or waits for room, as the overflow policy says. Never
	 * waits on an I/O thread.
	 * @param payload the payload
	 * @param key its key, if it has one
	 * @param mayWait whether the calling thread may wait
	 * @param completion notified of the outcome, also if the payload is refused
	 */
	public void send(byte[] payload, @Nullable Object key, boolean mayWait, Completion completion) {
		add(new ClientMessage(payload, completion, null), key, mayWait);
	}

	/**
	 * Adds a request. It is not sent if no caller waits for the reply any more when its
	 * turn comes.
	 * @param payload the request
	 * @param key its key, if it has one
	 * @param mayWait whether the calling thread may wait
	 * @param ask the waiting for its reply
	 */
	public void ask(byte[] payload, @Nullable Object key, boolean mayWait, Request ask) {
		ClientMessage message = new ClientMessage(payload, (failure) -> {
			if (failure != null && !ask.isExpired()) {
				ask.failed(failure);
			}
		}, ask);
		ask.whenOver(() -> {
			if (!ask.hasReply()) {
				// The request failed, or the application has completed the future itself.
				// In that case this is the first that sees it.
				ask.settle(RequestOutcome.CANCELLED);
				ask.gaveUp();
				withdraw(message);
			}
			else if (ask.sentOn() == null) {
				// A connection has given it back in the meantime.
				withdraw(message);
			}
		});
		add(message, key, mayWait);
	}

	private void add(ClientMessage message, @Nullable Object key, boolean mayWait) {
		BlockedSend<ClientMessage> sender = null;
		Exception refusal;
		this.lock.lock();
		try {
			if (this.keys != null && key != null) {
				message.bucket(this.keys.of(key));
			}
			refusal = refusal(message);
			if (refusal instanceof OutboundFullException && mayWait && Room.mayWait(this.bounds.overflow())) {
				sender = this.room.add(message);
			}
			else if (refusal instanceof OutboundFullException full) {
				refusal = overflowed(message, full);
			}
			else if (refusal == null) {
				admit(message);
			}
			if (refusal == null) {
				this.links.handOver();
			}
		}
		finally {
			unlock();
		}
		if (sender != null) {
			// There may be memory again for those who wait.
			if (!sender.await(() -> locked(this::goOn))) {
				withdraw(sender);
			}
			refusal = sender.refusal();
		}
		if (refusal != null) {
			message.refused(refusal);
		}
	}

	/** Returns why a message cannot be admitted now, or {@code null} if it can. */
	private @Nullable Exception refusal(ClientMessage message) {
		if (this.refusing != null) {
			return new ClientClosedException(this.name, this.refusing);
		}
		if (message.unwanted()) {
			return ClientMessages.unwanted();
		}
		// No sender overtakes those who wait.
		return (!this.room.hasSenders() && this.messages.fits(message)) ? null : this.messages.full(message);
	}

	/**
	 * Does what the overflow policy says about a message for which there is no room.
	 * @return why it is refused, or {@code null} if it was admitted instead of others
	 */
	private @Nullable Exception overflowed(ClientMessage message, OutboundFullException full) {
		switch (Overflow.decide(this.bounds.overflow(), false)) {
			case REPLACE -> {
				if (this.messages.dropOlder(message, full)) {
					admit(message);
					return null;
				}
			}
			case CLOSE -> {
				// If others hold the memory, its server may read as fast as it can.
				OutboxLink fullest = this.links.fullest();
				if (fullest != null && !this.messages.hasRoom(message)) {
					fullest.connection().slow();
				}
			}
			case ADMIT, WAIT, DROP, REFUSE -> {
			}
		}
		this.counters.count(Counter.OUTBOUND_REFUSED);
		return full;
	}

	/** A sender was interrupted while it waited. */
	private void withdraw(BlockedSend<ClientMessage> sender) {
		Exception refusal = new InterruptedIOException(
				"Interrupted while waiting for room to send with client '" + this.name + "'");
		locked(() -> {
			if (this.room.withdraw(sender, refusal)) {
				// Senders after this one may have shorter payloads, which fit.
				goOn();
			}
		});
	}

	/**
	 * Removes a request that was not handed over yet, since no caller waits for its reply
	 * any more.
	 */
	private void withdraw(ClientMessage message) {
		locked(() -> {
			if (this.messages.withdraw(message)
					|| this.room.refuse((sent) -> sent == message, ClientMessages.unwanted())) {
				goOn();
			}
		});
	}

	/**
	 * The time of a request is over. Under the lock: no connection is being given it at
	 * the same time, which might not take it.
	 * @param ask the request
	 * @return whether no connection was given it before
	 */
	boolean expire(Request ask) {
		return read(ask::expire);
	}

	/** Some may have waited for a connection for too long. */
	private void expire() {
		locked(() -> {
			this.messages.expire(this.links.anyAttached());
			goOn();
		});
	}

	/** There may be room for those who wait, and for what is to leave. Under the lock. */
	private void goOn() {
		admitBlocked();
		this.links.handOver();
	}

	/** Admits those who wait, in order, as long as there is room. Under the lock. */
	private void admitBlocked() {
		if (this.room.hasSenders()) {
			this.room.admit(this.messages::fits, this::admit);
		}
	}

	/** Under the lock. */
	private void admit(ClientMessage message) {
		this.messages.add(message);
		this.links.admit(message);
	}

	// What connections do.

	/**
	 * Sends on a connection too, from now on.
	 * @param next the connection
	 */
	public void attach(ClientLink next) {
		locked(() -> this.links.attach(new OutboxLink(this, next, this.memory)));
	}

	/**
	 * Hands nothing more to a connection, which sends what it has.
	 * @param connection the connection
	 * @param then run when it has sent all of that: before this returns, or on its loop
	 */
	public void release(ClientLink connection, Runnable then) {
		leave(connection, LinkState.DRAINING, then);
	}

	/**
	 * Hands nothing more to a connection, which is over.
	 * @param connection the connection
	 * @param then run when it has given everything back: before this returns, or on its
	 * loop
	 */
	public void detach(ClientLink connection, Runnable then) {
		leave(connection, LinkState.DETACHED, then);
	}

	private void leave(ClientLink connection, LinkState next, Runnable then) {
		locked(() -> {
			OutboxLink link = this.links.of(connection);
			if (link == null) {
				this.notifications.add(then);
				return;
			}
			link.leave(next);
			link.whenLeft(then);
			if (link.noneHanded()) {
				this.links.left(link);
			}
			goOn(link);
		});
	}

	/** A connection may have sent or given back all that it had. Under the lock. */
	private void goOn(OutboxLink link) {
		if (!link.isAttached() && link.noneHanded()) {
			Runnable then = link.takeWhenLeft();
			if (then != null) {
				this.notifications.add(then);
			}
			if (link.state() == LinkState.DETACHED) {
				this.links.remove(link);
			}
		}
		this.links.handOver();
	}

	/** Whether there is a connection to hand payloads over to. */
	boolean isAttached() {
		return read(() -> this.links.anyAttached());
	}

	/** How it stands with a connection. */
	LinkState state(ClientLink connection) {
		OutboxLink link = this.links.of(connection);
		return (link != null) ? link.state() : LinkState.DETACHED;
	}

	@Override
	public boolean begin(OutboxLink link) {
		this.lock.lock();
		try {
			return this.links.begin(link);
		}
		finally {
			unlock();
		}
	}

	@Override
	public void completed(ClientMessage message, OutboxLink by, @Nullable Exception failure) {
		this.lock.lock();
		try {
			if (message.isSettled()) {
				// failAll has settled it before.
				return;
			}
			if (failure == null) {
				this.links.sent(message, by);
				admitBlocked();
			}
			else if (failure instanceof SessionClosedException) {
				this.links.gaveBack(message, by);
			}
			else {
				this.links.refused(message, by, failure);
			}
			goOn(by);
		}
		finally {
			unlock();
		}
	}

	// What happens at the end.

	/**
	 * Admits no more payloads.
	 * @param state what the client is doing, for those who are refused
	 * @param then run when everything has been sent, in place of one before, unless
	 * {@link #failAll} is called first: before this returns, or on a loop
	 */
	public void close(ClientState state, Runnable then) {
		locked(() -> {
			refuseAll(state);
			this.whenEmpty = then;
		});
	}

	/**
	 * Fails all payloads, since there will be no connection for them. What a stuck
	 * connection gives back afterwards is ignored.
	 * @param state what the client is doing
	 */
	public void failAll(ClientState state) {
		locked(() -> {
			refuseAll(state);
			this.whenEmpty = null;
			this.links.failAll(state);
		});
	}

	/** Under the lock. */
	private void refuseAll(ClientState state) {
		this.refusing = state;
		if (this.room.hasSenders()) {
			this.room.refuseAll(new ClientClosedException(this.name, state));
		}
	}

	private void locked(Runnable task) {
		this.lock.lock();
		try {
			task.run();
		}
		finally {
			unlock();
		}
	}

	/** Nothing has changed afterwards, so there is nobody to notify. */
	private <T> T read(Supplier<T> value) {
		this.lock.lock();
		try {
			return value.get();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Releases the lock, and then notifies whoever is to be notified. */
	private void unlock() {
		boolean last = this.lock.getHoldCount() == 1;
		if (last && this.whenEmpty != null && (this.messages.count() == 0 || this.links.onlyEnding())) {
			this.notifications.add(this.whenEmpty);
			this.whenEmpty = null;
		}
		Runnable notifications = last ? this.notifications.take() : null;
		this.lock.unlock();
		if (notifications != null) {
			notifications.run();
		}
	}

	// What waits now.

	@Override
	public int pending() {
		return read(() -> this.messages.count());
	}

	/** With what handlers have sent on connections, which never was here. */
	@Override
	public long pendingBytes() {
		List<ClientLink> current = new ArrayList<>(1);
		long bytes = read(() -> this.messages.bytes() - this.links.openBytes(current::add));
		return bytes + current.stream().mapToLong(ClientLink::pendingBytes).sum();
	}

	@Override
	public int pendingReplies() {
		return read(() -> this.messages.requests() + this.links.requests());
	}

	/**
	 * How payloads are spread over connections.
	 *
	 * @param select how they are spread over several; {@code null} where there is one at
	 * a time
	 * @param keyed whether payloads have keys, and those of one key the same connection
	 */
	public record Spread(@Nullable Select select, boolean keyed) {

		/** There is one at a time. */
		public static final Spread NONE = new Spread(null, false);

	}

}
