package dev.socketserver.engine.client;

import java.io.InterruptedIOException;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketserver.OutboundFullException;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.BlockedSend;
import dev.socketserver.engine.output.BlockedSenders;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.Request;
import dev.socketserver.engine.requests.RequestTurns;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.spec.OutboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * The payloads that a client has to send, whether or not it is connected. It admits or
 * refuses each payload, and hands those that it has admitted over to the present
 * connection, in order, and no more at a time than the connection will send soon. A
 * payload stays in {@link ClientMessages} until the operating system has taken all of it;
 * if the connection ends before that, the payload is the next to be sent again. Each
 * sender is notified of the outcome exactly once.
 * <p>
 * All state is guarded by the lock. Connections are called while it is held, since they
 * never wait; senders are notified after it is released, and wait for room without it.
 */
public final class ClientOutbox implements ClientCounters.Pending {

	/**
	 * While the connection has this many bytes or more, it is handed nothing. It is as
	 * many as a session gives to its socket at once.
	 */
	private static final int WINDOW = 64 * 1024;

	/**
	 * How often senders that wait for room check whether there is memory again, since
	 * nothing signals that.
	 */
	private static final long MEMORY_CHECK_MILLIS = 250;

	private final String name;

	private final OutboundOverflow overflow;

	private final ClientCounters counters;

	private final MemoryBudget memory;

	private final ReentrantLock lock = new ReentrantLock();

	/** What is run once the lock is released. */
	private final Notifications notifications = new Notifications();

	private final ClientMessages messages;

	/** Senders that wait for room. */
	private final BlockedSenders<ClientMessage> blocked = new BlockedSenders<>(MEMORY_CHECK_MILLIS);

	/**
	 * The state for which senders are refused now; {@code null} while payloads are
	 * admitted.
	 */
	private @Nullable ClientState refusing = ClientState.STOPPED;

	private LinkState link = LinkState.DETACHED;

	/** What payloads are handed over to while {@link LinkState#ATTACHED}. */
	private @Nullable ClientLink connection;

	/**
	 * {@link #handOver()} is running; a payload that completes during the call must not
	 * start it again.
	 */
	private boolean handing;

	/** Requests wait for their turn on the connection; absent if they need not. */
	private @Nullable Turn turn;

	/** Run when the connection has given everything back. */
	private @Nullable Runnable whenReturned;

	/** Run when everything has been sent. */
	private @Nullable Runnable whenEmpty;

	/**
	 * Creates an outbox, which refuses everything until it is {@link #open() opened}.
	 * @param name the client's name
	 * @param bounds how much may wait, and what happens to more
	 * @param counters the counters of the client
	 * @param memory the memory for waiting bytes of all servers and clients
	 */
	public ClientOutbox(String name, Bounds<OutboundOverflow> bounds, ClientCounters counters, MemoryBudget memory) {
		this.name = name;
		this.overflow = bounds.overflow();
		this.counters = counters;
		this.memory = memory;
		this.messages = new ClientMessages(name, bounds, counters, memory, this.notifications);
		counters.pending(this);
	}

	// What is admitted. Any thread.

	/** Admits payloads from now on. */
	public void open() {
		this.lock.lock();
		try {
			this.refusing = null;
			this.whenEmpty = null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Adds a payload, refuses it, or waits for room, as the overflow policy says. Never
	 * waits on an I/O thread.
	 * @param payload the payload
	 * @param completion notified of the outcome, also if the payload is refused
	 */
	public void send(byte[] payload, Completion completion) {
		add(new ClientMessage(this, this.memory, payload, completion, null));
	}

	/**
	 * Adds a request. It is not sent if no caller waits for the reply any more when its
	 * turn comes.
	 * @param payload the request
	 * @param ask the waiting for its reply
	 */
	public void ask(byte[] payload, Request ask) {
		ClientMessage message = new ClientMessage(this, this.memory, payload, (failure) -> {
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
		add(message);
	}

	private void add(ClientMessage message) {
		BlockedSend<ClientMessage> sender = null;
		Exception refusal;
		this.lock.lock();
		try {
			refusal = refusal(message);
			if (refusal instanceof OutboundFullException && BlockedSenders.mayWait(this.overflow)) {
				sender = this.blocked.add(message);
			}
			else if (refusal instanceof OutboundFullException full) {
				refusal = overflowed(message, full);
			}
			else if (refusal == null) {
				this.messages.add(message);
			}
			if (refusal == null) {
				handOver();
			}
		}
		finally {
			unlock();
		}
		if (sender != null) {
			if (!sender.await(this::checkAgain)) {
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
		return (this.blocked.isEmpty() && this.messages.fits(message)) ? null : this.messages.full(message);
	}

	/**
	 * Does what the overflow policy says about a message for which there is no room.
	 * @return why it is refused, or {@code null} if it was admitted instead of others
	 */
	private @Nullable Exception overflowed(ClientMessage message, OutboundFullException full) {
		switch (this.overflow) {
			case DROP_OLDEST -> {
				if (this.messages.addInsteadOfOlder(message, full)) {
					return null;
				}
			}
			case CLOSE -> {
				// If others hold the memory, its server may read as fast as it can.
				if (this.connection != null && !this.messages.hasRoom(message)) {
					this.connection.slow();
				}
			}
			case BLOCK, DROP_NEWEST, FAIL -> {
			}
		}
		this.counters.countOutboundRefused();
		return full;
	}

	/** There may be memory again for those who wait. */
	private void checkAgain() {
		this.lock.lock();
		try {
			admitBlocked();
			handOver();
		}
		finally {
			unlock();
		}
	}

	/** A sender was interrupted while it waited. */
	private void withdraw(BlockedSend<ClientMessage> sender) {
		Exception refusal = new InterruptedIOException(
				"Interrupted while waiting for room to send with client '" + this.name + "'");
		this.lock.lock();
		try {
			if (this.blocked.withdraw(sender, refusal)) {
				// Senders after this one may have shorter payloads, which fit.
				admitBlocked();
				handOver();
			}
		}
		finally {
			unlock();
		}
	}

	/**
	 * Removes a request that was not handed over yet, since no caller waits for its reply
	 * any more.
	 */
	private void withdraw(ClientMessage message) {
		this.lock.lock();
		try {
			if (this.messages.withdraw(message)
					|| this.blocked.refuse((sent) -> sent == message, ClientMessages.unwanted()) != null) {
				admitBlocked();
				handOver();
			}
		}
		finally {
			unlock();
		}
	}

	/** Admits those who wait, in order, as long as there is room. Under the lock. */
	private void admitBlocked() {
		if (!this.blocked.isEmpty()) {
			this.blocked.admit(this.messages::fits, this.messages::add);
		}
	}

	// What connections do.

	/**
	 * Sends on a connection from now on. The one before must have given everything back.
	 * @param next the connection
	 */
	public void attach(ClientLink next) {
		this.lock.lock();
		try {
			linked(LinkState.ATTACHED, next);
			handOver();
		}
		finally {
			unlock();
		}
	}

	/**
	 * Hands nothing more to the connection.
	 * @param then run when the connection has given everything back: before this returns,
	 * or on its loop
	 */
	public void detach(Runnable then) {
		this.lock.lock();
		try {
			linked(LinkState.DETACHED, null);
			if (this.messages.noneHanded()) {
				takeBack();
				this.notifications.add(then);
			}
			else {
				this.whenReturned = then;
			}
		}
		finally {
			unlock();
		}
	}

	/** Whether there is a connection to hand payloads over to, now or in a moment. */
	boolean isAttached() {
		this.lock.lock();
		try {
			return this.connection != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** How it stands with the connection. */
	LinkState link() {
		return this.link;
	}

	/** Under the lock. */
	private void linked(LinkState state, @Nullable ClientLink next) {
		this.link = state;
		this.connection = next;
		this.turn = (next != null && next.requests().turns() != null) ? new Turn(next) : null;
	}

	/** Hands over as many as the connection will send soon. Under the lock. */
	private void handOver() {
		if (this.handing) {
			return;
		}
		this.handing = true;
		try {
			while (this.connection != null && this.messages.handedBytes() < WINDOW) {
				ClientMessage next = (this.turn != null) ? this.messages.next(false) : this.messages.next();
				if (next == null) {
					break;
				}
				handOver(this.connection, next);
			}
			if (this.turn != null && this.messages.waitingRequests()) {
				this.turn.enter();
			}
		}
		finally {
			this.handing = false;
		}
	}

	private void handOver(ClientLink to, ClientMessage message) {
		Request ask = message.ask();
		if (ask != null && !ask.begin()) {
			this.messages.undelivered(message, ClientMessages.unwanted());
			admitBlocked();
			return;
		}
		this.messages.hand(message);
		if (ask != null) {
			to.requests().add(ask);
		}
		boolean repeated = message.isBroken();
		boolean taken = false;
		Exception failure = null;
		try {
			taken = to.deliver(message.payload(), message);
		}
		catch (Throwable ex) {
			// The session's present framing cannot encode it, or there is no memory.
			failure = (ex instanceof Exception exception) ? exception : new IllegalStateException(ex);
		}
		if (!taken) {
			notTaken(to, message, failure);
		}
		else if (repeated) {
			this.counters.countRepeated();
		}
	}

	/**
	 * It is the turn of a request of this client.
	 * @return whether one is under way now
	 */
	private boolean begin(Turn current) {
		this.lock.lock();
		try {
			boolean begun = false;
			while (!begun && this.turn == current) {
				ClientMessage next = this.messages.next(true);
				if (next == null) {
					break;
				}
				handOver(current.to, next);
				begun = next.ask() != null && next.ask().sentOn() == current.to.requests();
			}
			handOver();
			return begun;
		}
		finally {
			unlock();
		}
	}

	/**
	 * The connection has not taken a message.
	 * @param failure why it never will, or {@code null} if the connection is closing
	 */
	private void notTaken(ClientLink to, ClientMessage message, @Nullable Exception failure) {
		if (!this.messages.notTaken(message)) {
			return;
		}
		Request ask = message.ask();
		if (ask != null) {
			to.requests().withdraw(ask);
			if (!message.isBroken()) {
				ask.notBegun();
			}
		}
		if (failure != null) {
			this.messages.undelivered(message, failure);
			admitBlocked();
		}
		else {
			// The connection is closing; the message waits for the next one.
			this.messages.putBack(message);
			linked(LinkState.ENDING, null);
		}
	}

	/** The connection has reported the outcome of a message. On its loop. */
	void completed(ClientMessage message, @Nullable Exception failure) {
		this.lock.lock();
		try {
			if (message.isSettled()) {
				// failAll has settled it before.
				return;
			}
			if (failure == null) {
				this.messages.sent(message);
				admitBlocked();
				handOver();
			}
			else {
				// The connection is lost, and will say so. If it were handed more before
				// that, it might give it back at once, again and again.
				linked(LinkState.ENDING, null);
				this.messages.gaveBack(message);
			}
			if (this.messages.noneHanded() && (failure != null || this.whenReturned != null)) {
				takeBack();
				if (this.whenReturned != null) {
					this.notifications.add(this.whenReturned);
					this.whenReturned = null;
				}
			}
		}
		finally {
			unlock();
		}
	}

	/** What the connection has given back is sent first. Under the lock. */
	private void takeBack() {
		this.messages.takeBack();
		admitBlocked();
	}

	// What happens at the end.

	/**
	 * Admits no more payloads.
	 * @param state what the client is doing, for those who are refused
	 * @param then run when everything has been sent, unless {@link #failAll} is called
	 * first: before this returns, or on a loop
	 */
	public void close(ClientState state, Runnable then) {
		this.lock.lock();
		try {
			refuseAll(state);
			this.whenEmpty = then;
		}
		finally {
			unlock();
		}
	}

	/**
	 * Admits no more payloads. If {@link #close} was called before, it still reports when
	 * everything has been sent.
	 * @param state what the client is doing, for those who are refused
	 */
	public void refuse(ClientState state) {
		this.lock.lock();
		try {
			refuseAll(state);
		}
		finally {
			unlock();
		}
	}

	/**
	 * Fails all payloads, since there will be no connection for them. What a stuck
	 * connection gives back afterwards is ignored.
	 * @param state what the client is doing
	 */
	public void failAll(ClientState state) {
		this.lock.lock();
		try {
			refuseAll(state);
			linked(LinkState.DETACHED, null);
			this.whenEmpty = null;
			this.whenReturned = null;
			this.messages.failAll(state);
		}
		finally {
			unlock();
		}
	}

	/** Under the lock. */
	private void refuseAll(ClientState state) {
		this.refusing = state;
		if (!this.blocked.isEmpty()) {
			this.blocked.refuseAll(new ClientClosedException(this.name, state));
		}
	}

	/** Releases the lock, and then notifies whoever is to be notified. */
	private void unlock() {
		boolean last = this.lock.getHoldCount() == 1;
		if (last && this.whenEmpty != null
				&& (this.messages.count() == 0 || (this.link == LinkState.ENDING && this.messages.noneHanded()))) {
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
		this.lock.lock();
		try {
			return this.messages.count();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** With what the handler has sent on the connection, which never was here. */
	@Override
	public long pendingBytes() {
		ClientLink current;
		long here;
		this.lock.lock();
		try {
			current = this.connection;
			here = this.messages.bytes() - ((current != null) ? this.messages.handedBytes() : 0);
		}
		finally {
			this.lock.unlock();
		}
		return (current != null) ? here + current.pendingBytes() : here;
	}

	@Override
	public int pendingReplies() {
		this.lock.lock();
		try {
			int asked = (this.connection != null) ? this.connection.requests().size() : 0;
			return asked + this.messages.requests();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The turn of the requests of this client on one connection. */
	private final class Turn implements RequestTurns.InTurn {

		private final ClientLink to;

		Turn(ClientLink to) {
			this.to = to;
		}

		void enter() {
			RequestTurns turns = this.to.requests().turns();
			if (turns != null) {
				turns.enter(this);
			}
		}

		@Override
		public boolean begin() {
			return ClientOutbox.this.begin(this);
		}

	}

}
