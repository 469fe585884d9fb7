package dev.socketserver.engine.client;

import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.OutboundFullException;
import dev.socketserver.SessionSpec.OutboundOverflow;
import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.engine.lane.IoThread;
import dev.socketserver.engine.lane.LongWait;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.Request;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.stats.ClientCounters;
import org.jspecify.annotations.Nullable;

/**
 * The payloads that a client has to send, whether or not it is connected. It admits or
 * refuses each payload, and hands those that it has admitted over to the present
 * connection, in order, and no more at a time than the connection will send soon. A
 * payload stays here until the operating system has taken all of it; if the connection
 * ends before that, the payload is the next to be sent again. Each sender is notified of
 * the outcome exactly once.
 * <p>
 * All state is guarded by the lock. Connections are called while it is held, since they
 * never wait; senders are notified after it is released.
 */
public final class ClientOutbox extends ClientMessages implements ClientCounters.Pending, ClientMessage.Owner {

	/**
	 * While the connection has this many bytes or more, it is handed nothing. It is as
	 * many as a session gives to its socket at once.
	 */
	private static final int WINDOW = 64 * 1024;

	/**
	 * {@link #handOver()} is running; a payload that completes during the call must not
	 * start it again.
	 */
	private boolean handing;

	private @Nullable ClientLink connection;

	/** Run when the connection has given everything back. */
	private @Nullable Runnable whenReturned;

	/**
	 * Creates an outbox, which refuses everything until it is {@link #open() opened}.
	 * @param name the client's name
	 * @param bounds how much may wait, and what happens to more
	 * @param counters the counters of the client
	 * @param memory the memory for waiting bytes of all servers and clients
	 */
	public ClientOutbox(String name, Bounds<OutboundOverflow> bounds, ClientCounters counters, MemoryBudget memory) {
		super(name, bounds, counters, memory);
		counters.pending(this);
	}

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
	 * Adds a request. It is not sent if nobody waits for the reply any more when its turn
	 * comes.
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
				// In that case this is the first who hears of it.
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
		Exception refusal;
		this.lock.lock();
		try {
			refusal = admit(message);
			if (refusal == null) {
				handOver();
			}
		}
		finally {
			unlock();
		}
		if (refusal != null) {
			message.completion.refused(refusal);
		}
	}

	/** Admits a message, or returns why it is refused. Under the lock. */
	private @Nullable Exception admit(ClientMessage message) {
		if (this.refusing != null) {
			return new ClientClosedException(this.name, this.refusing);
		}
		if (message.unwanted()) {
			return unwanted();
		}
		if (this.blocked.isEmpty() && fits(message)) {
			enqueue(message);
			return null;
		}
		OutboundFullException full = full(message);
		switch (this.bounds.overflow()) {
			case BLOCK -> {
				if (!(Thread.currentThread() instanceof IoThread)) {
					return await(message);
				}
			}
			case DROP_OLDEST -> {
				if (fitsInsteadOfOlder(message)) {
					while (!fits(message) && !this.waiting.isEmpty()) {
						ClientMessage oldest = this.waiting.remove();
						this.counters.countDropped();
						settle(oldest, full);
					}
					enqueue(message);
					return null;
				}
			}
			case CLOSE -> {
				// If others hold the memory, its server may read as fast as it can.
				if (this.connection != null && !hasRoom(message, count(), this.bytes)) {
					this.connection.slow();
				}
			}
			case DROP_NEWEST, FAIL -> {
			}
		}
		this.counters.countRefused();
		return full;
	}

	/**
	 * Waits until a message is admitted, or returns why it is refused. Gives the lock
	 * back while it waits.
	 */
	private @Nullable Exception await(ClientMessage message) {
		WaitingSender waiter = new WaitingSender(message, this.lock.newCondition());
		this.blocked.add(waiter);
		while (waiter.open) {
			try {
				LongWait.on(waiter);
				if (waiter.open) {
					admitBlocked();
					handOver();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				if (waiter.open) {
					this.blocked.remove(waiter);
					// Senders after this one may have shorter payloads, which fit.
					admitBlocked();
					handOver();
					return new InterruptedIOException(
							"Interrupted while waiting for room to send with client '" + this.name + "'");
				}
			}
		}
		return waiter.refusal;
	}

	/**
	 * Removes a request that was not handed over yet, since nobody waits for its reply
	 * any more.
	 */
	private void withdraw(ClientMessage message) {
		this.lock.lock();
		try {
			if (this.waiting.remove(message)) {
				settleUndelivered(message, unwanted());
			}
			else {
				WaitingSender waiter = this.blocked.stream()
					.filter((candidate) -> candidate.message == message)
					.findFirst()
					.orElse(null);
				if (waiter == null) {
					return;
				}
				this.blocked.remove(waiter);
				waiter.end(unwanted());
			}
			admitBlocked();
			handOver();
		}
		finally {
			unlock();
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
			this.connection = next;
			this.link = LinkState.ATTACHED;
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
			this.connection = null;
			this.link = LinkState.DETACHED;
			if (this.handed.isEmpty()) {
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

	/** Under the lock. */
	private void handOver() {
		if (this.handing) {
			return;
		}
		this.handing = true;
		try {
			while (this.connection != null && this.handedBytes < WINDOW && !this.waiting.isEmpty()) {
				handOver(this.connection, this.waiting.remove());
			}
		}
		finally {
			this.handing = false;
		}
	}

	private void handOver(ClientLink to, ClientMessage message) {
		if (message.ask != null && !message.ask.begin()) {
			settleUndelivered(message, unwanted());
			admitBlocked();
			return;
		}
		this.handed.add(message);
		this.handedBytes += message.payload.length;
		// Before the connection charges it: a session might be aborted in the moment
		// in which it is charged twice.
		message.discharge();
		if (message.ask != null) {
			to.asks().add(message.ask);
		}
		boolean repeated = message.broken;
		boolean taken = false;
		Exception failure = null;
		try {
			taken = to.deliver(message.payload, message);
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
	 * The connection has not taken a message.
	 * @param failure why it never will, or {@code null} if the connection is closing
	 */
	private void notTaken(ClientLink to, ClientMessage message, @Nullable Exception failure) {
		if (!this.handed.removeLastOccurrence(message)) {
			// It failed after the write, whose outcome has been reported already.
			return;
		}
		this.handedBytes -= message.payload.length;
		if (message.ask != null) {
			to.asks().withdraw(message.ask);
			if (!message.broken) {
				message.ask.notBegun();
			}
		}
		if (failure != null) {
			settleUndelivered(message, failure);
			admitBlocked();
		}
		else {
			// The connection is closing; the message waits for the next one.
			message.charge();
			this.waiting.addFirst(message);
			this.connection = null;
			this.link = LinkState.ENDING;
		}
	}

	/** On the loop of the connection. */
	@Override
	public void completed(ClientMessage message, @Nullable Exception failure) {
		this.lock.lock();
		try {
			if (message.settled) {
				// failAll has settled it before.
				return;
			}
			this.handed.removeFirstOccurrence(message);
			this.handedBytes -= message.payload.length;
			if (failure == null) {
				this.counters.countDelivered();
				settle(message, null);
				admitBlocked();
				handOver();
			}
			else {
				// The connection is lost, and will say so. If it were handed more before
				// that, it might give it back at once, again and again.
				this.connection = null;
				this.link = LinkState.ENDING;
				message.broken = true;
				message.charge();
				this.returned.add(message);
			}
			if (this.handed.isEmpty() && (failure != null || this.whenReturned != null)) {
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

	// What happens at the end.

	/**
	 * Admits no more payloads.
	 * @param state what the client is doing, for those who are refused
	 * @param then run when everything has been sent, unless {@link #failAll} comes first:
	 * before this returns, or on a loop
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
	 * Admits no more payloads. If a {@link #close} came before, it still reports when
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
			this.connection = null;
			this.link = LinkState.DETACHED;
			this.whenEmpty = null;
			this.whenReturned = null;
			this.handedBytes = 0;
			failAll(this.handed, state, true);
			failAll(this.returned, state, true);
			failAll(this.waiting, state, false);
		}
		finally {
			unlock();
		}
	}

	// What waits now.

	@Override
	public int pending() {
		this.lock.lock();
		try {
			return count();
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
			here = (current != null) ? this.bytes - this.handedBytes : this.bytes;
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
			int asked = (this.connection != null) ? this.connection.asks().size() : 0;
			return asked + asks(this.waiting) + asks(this.returned);
		}
		finally {
			this.lock.unlock();
		}
	}

}
